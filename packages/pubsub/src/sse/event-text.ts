import type { Gap } from '../event.js';
import { type Position, positionText } from '../position.js';

const lineEnds = /\r\n|\r|\n/;

/** One event as `text/event-stream` has it: an id where there is a position, its name, and every line of the data. */
export function eventText(name: string, data: string, position: Position | undefined): string {
  const id = position === undefined ? '' : `id: ${positionText(position)}\n`;
  const lines = data.split(lineEnds).map((line) => `data: ${line}\n`);
  return `${id}event: ${name}\n${lines.join('')}\n`;
}

/** A gap: named `gap`, its data is JSON. Its id is its end: whoever comes back has heard of it. */
export function gapText(gap: Gap): string {
  const { recovered, missed, reason, unrecovered } = gap;
  return eventText('gap', JSON.stringify({ recovered, missed, reason, unrecovered }), gap.to);
}

/** What keeps a quiet connection open: a comment, which no client hears. */
export const heartbeatText = ':\n\n';

/**
 * What a stream begins with, which no client hears: it shows proxies that the stream is open, and gives clients an id, so that
 * one which is let go before its first event knows where to read on.
 */
export function openingText(retryMs: number | undefined, position: Position | undefined): string {
  const retry = retryMs === undefined ? '' : `retry: ${Math.ceil(retryMs)}\n`;
  const id = position === undefined ? '' : `id: ${positionText(position)}\n`;
  return `:\n${retry}${id}\n`;
}
