/** How much of a class of clients may wait to be read. 0: no limit. */
export interface OutputLimit {
  readonly hardBytes: number;
  readonly softBytes: number;
  readonly softSeconds: number;
}

const noLimit: OutputLimit = { hardBytes: 0, softBytes: 0, softSeconds: 0 };

/** The limit of a class in CONFIG's `client-output-buffer-limit`, which has been checked: `class hard soft seconds`, repeated, in plain numbers. */
export function outputLimit(setting: string, clientClass: 'normal' | 'pubsub'): OutputLimit {
  const words = setting.split(' ');
  const at = words.indexOf(clientClass);
  if (at < 0) return noLimit;
  const [hardBytes = 0, softBytes = 0, softSeconds = 0] = words.slice(at + 1, at + 4).map(Number);
  return { hardBytes, softBytes, softSeconds };
}

/** Watches one client's unread output; tells when it has to go. */
export class OutputWatch {
  #softSince: number | undefined;

  /** True when the client is over its hard limit, or has been over the soft one for its time. `nowMs` only rises. */
  isOver(unreadBytes: number, limit: OutputLimit, nowMs: number): boolean {
    if (limit.hardBytes > 0 && unreadBytes > limit.hardBytes) return true;
    if (limit.softBytes === 0 || unreadBytes <= limit.softBytes) {
      this.#softSince = undefined;
      return false;
    }
    this.#softSince ??= nowMs;
    return nowMs - this.#softSince > limit.softSeconds * 1000;
  }
}
