import type { FeedKind, FeedSink } from '@penknife/core';

/** One message as a sink got it; the payload as text of one byte a character, so that binary compares plainly. */
export interface CollectedMessage {
  readonly kind: FeedKind;
  readonly channel: string;
  readonly payload: string;
  readonly pattern?: string;
}

/** A sink that keeps everything, in order. */
export interface CollectingSink extends FeedSink {
  readonly messages: CollectedMessage[];
  readonly gaps: { readonly scope: 'all' | readonly string[]; readonly reason: string }[];
  readonly invalidations: (readonly string[] | null)[];
  /** The payloads of one channel. */
  payloads(channel: string): string[];
}

/** A fresh collecting sink; `onGap` is called from within the gap event. */
export function collectingSink(onGap?: () => void): CollectingSink {
  const sink: CollectingSink = {
    messages: [],
    gaps: [],
    invalidations: [],
    message(kind, channel, payload, pattern) {
      const text = Buffer.from(payload).toString('latin1');
      sink.messages.push({ kind, channel, payload: text, ...(pattern !== undefined && { pattern }) });
    },
    gap(scope, reason) {
      sink.gaps.push({ scope, reason });
      onGap?.();
    },
    invalidated(keys) {
      sink.invalidations.push(keys === null ? null : keys.map((key) => Buffer.from(key).toString()));
    },
    payloads: (channel) =>
      sink.messages.filter((message) => message.channel === channel).map((message) => message.payload),
  };
  return sink;
}
