/** A browser's cookie jar of one cookie, for tests of adapters. */
export class Jar {
  cookie = '';
  /** Every Set-Cookie that came. */
  readonly received: string[] = [];

  get headers(): Record<string, string> {
    return this.cookie === '' ? {} : { cookie: `other=1; ${this.cookie}; last="x"` };
  }

  /** Takes the answer's Set-Cookie, as a browser would. */
  take(setCookie: string | null | undefined): void {
    if (typeof setCookie !== 'string') return;
    this.received.push(setCookie);
    this.cookie = setCookie.includes('Max-Age=0') ? '' : (setCookie.split(';')[0] ?? '');
  }
}
