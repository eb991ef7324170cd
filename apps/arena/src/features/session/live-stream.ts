import { PassThrough } from 'node:stream';

/** What a page is told while it is open. */
export interface LiveEvent {
  /** `live`: the stream stands. `writing`: a note of this session is on its way. `over`: the session is. */
  readonly type: 'live' | 'writing' | 'over';
  readonly text: string;
}

/** A server-sent stream of one page. */
export class LiveStream {
  readonly body: PassThrough = new PassThrough();

  tell({ type, text }: LiveEvent): void {
    if (this.body.writable) this.body.write(`event: ${type}\ndata: ${JSON.stringify({ text })}\n\n`);
  }

  /** The last thing that is told; the connection ends with it. */
  end(event: LiveEvent): void {
    this.tell(event);
    this.body.end();
  }
}
