/** What stands at the key of a lease. */
export type LeaseText =
  | { readonly kind: 'loading'; readonly waiting: number }
  | {
      readonly kind: 'failed';
      /** By the server's clock, until when nobody tries again. */
      readonly untilMs: number;
      /** How many in a row. */
      readonly failures: number;
      readonly message: string;
    };

const form = /^([LF]) \S+ \d+ \S+ (\d+) ?(.*)$/;

/** Reads it; undefined when there is no lease. */
export function parseLease(text: string): LeaseText | undefined {
  const [, kind, failures, rest = ''] = form.exec(text) ?? [];
  if (kind === 'L') return { kind: 'loading', waiting: rest === '' ? 0 : rest.split(' ').length };
  const [, untilMs, message = ''] = /^(\d+) (.*)$/.exec(rest) ?? [];
  return kind === 'F'
    ? { kind: 'failed', untilMs: Number(untilMs), failures: Number(failures), message }
    : undefined;
}
