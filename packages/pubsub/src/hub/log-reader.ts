import {
  backoffMs,
  type Driver,
  isPenknifeError,
  type PenknifeError,
  reportListenerError,
} from '@penknife/core';
import { type RawPage, readLog } from '../commands.js';
import type { Decoder, Placed } from '../frame/decoder.js';
import { readFrame } from '../frame/frame.js';
import type { Position } from '../position.js';
import type { AnyParameters } from '../template/template.js';
import type { Page, Place } from './advance.js';

/** What reads the history of one channel. */
export interface LogReaderParts<T> {
  readonly driver: Driver;
  readonly keys: { readonly head: string; readonly history: string };
  readonly channel: string;
  readonly params: AnyParameters;
  readonly decode: Decoder<T>;
  readonly pageSize: number;
}

/** Reads one page from a place on. Undefined: given up by its signal. `'unreadable'`: the server refuses, and was reported. */
export type LogReader<T> = (
  place: Place | undefined,
  signal: AbortSignal,
) => Promise<Page<T> | 'unreadable' | undefined>;

const backoff = { baseMs: 50, maxMs: 5000, jitter: 'equal' } as const;
/** Server answers that pass. */
const passing: ReadonlySet<string> = new Set([
  'CLUSTERDOWN',
  'LOADING',
  'MASTERDOWN',
  'READONLY',
  'TRYAGAIN',
]);

/** True for failures that a later try may not meet. */
function mayPass(error: unknown): boolean {
  if (!isPenknifeError(error)) return false;
  const { kind, code } = error as PenknifeError & { kind?: string };
  return kind === 'connection' || kind === 'deadline' || passing.has(code);
}

/** Tries until it works, with growing waits; rejects with what cannot pass, resolves to undefined when the signal fires. */
export async function persist<R>(
  driver: Pick<Driver, 'clock' | 'random'>,
  signal: AbortSignal,
  run: () => Promise<R>,
): Promise<R | undefined> {
  for (let attempt = 1; !signal.aborted; attempt++) {
    try {
      const result = await run();
      return signal.aborted ? undefined : result;
    } catch (error) {
      if (signal.aborted) return undefined;
      if (!mayPass(error)) throw error;
    }
    try {
      await driver.clock.sleep(backoffMs(backoff, attempt, driver.random), signal);
    } catch {
      return undefined;
    }
  }
  return undefined;
}

/**
 * A reader of one channel's history, from one place on. It tries until the server answers, and asks for the next page before
 * it decodes the one it has: server and reader work at the same time, one page ahead at most.
 */
export function createLogReader<T>(parts: LogReaderParts<T>): LogReader<T> {
  const { driver, keys, channel, params, decode, pageSize } = parts;
  const arrival = { channel, params, source: 'history' } as const;
  // The page includes the reader's own place, hence one more.
  const count = pageSize + 1;
  let ahead: { readonly from: Position; readonly page: Promise<RawPage | undefined> } | undefined;

  const fetch = (from: Position, signal: AbortSignal): Promise<RawPage | undefined> =>
    persist(driver, signal, () => driver.send(readLog(keys, from, count), { signal }));

  /** Where the next page begins, when this one is not the last. */
  function readAhead(frames: readonly Uint8Array[], signal: AbortSignal): void {
    const last = frames.length < count ? undefined : frames.at(-1);
    const from = last && readFrame(last)?.position;
    if (from === undefined) return;
    const page = fetch(from, signal);
    // Whoever reads on hears of a failure; if nobody does, it is nobody's.
    page.catch(() => undefined);
    ahead = { from, page };
  }

  return async (place, signal) => {
    const from = place?.position ?? { epoch: '', offset: 0 };
    const known = ahead;
    ahead = undefined;
    const isNext = known?.from.epoch === from.epoch && known.from.offset === from.offset;
    try {
      const page = await (isNext ? known.page : fetch(from, signal));
      if (page === undefined) return undefined;
      readAhead(page.frames, signal);
      const entries: Placed<T>[] = [];
      for (const frame of page.frames) {
        const received = decode(frame, arrival);
        if (received?.position !== undefined) entries.push(received as Placed<T>);
      }
      return { head: page.head, entries, last: page.frames.length < count };
    } catch (error) {
      reportListenerError(error);
      return 'unreadable';
    }
  };
}
