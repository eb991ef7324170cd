import { collected } from './collected.js';

/** Handlers that last until they are told to end, one by one. */
export interface HeldWork {
  /** The most that ran at once. */
  readonly most: number;
  /** A handler's work. */
  run(): Promise<void>;
  /** Ends the one that has run longest. */
  endOne(): void;
  /** Resolve when so many have begun, or come to their end. */
  started(count: number): Promise<unknown>;
  ended(count: number): Promise<unknown>;
}

export function heldWork(): HeldWork {
  const [begun, done] = [collected<number>(), collected<number>()];
  const running: (() => void)[] = [];
  let [now, most] = [0, 0];
  return {
    get most() {
      return most;
    },
    async run() {
      now++;
      most = Math.max(most, now);
      begun.push(now);
      await new Promise<void>((resolve) => running.push(resolve));
      now--;
      done.push(now);
    },
    endOne() {
      running.shift()?.();
    },
    started: (count) => begun.atLeast(count),
    ended: (count) => done.atLeast(count),
  };
}
