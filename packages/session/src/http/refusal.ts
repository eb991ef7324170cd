import { isPenknifeError } from '@penknife/core';

const refusals: Readonly<Record<string, { readonly status: number; readonly text: string }>> = {
  SESSION_UNAVAILABLE: { status: 503, text: 'Service Unavailable' },
  SESSION_CSRF: { status: 403, text: 'Forbidden' },
};

/** The answer to a request whose session could not be had, or that may be forged. Null for every other error. */
export function refusalOf(error: unknown): Response | null {
  const refusal = isPenknifeError(error) ? refusals[error.code] : undefined;
  if (refusal === undefined) return null;
  const { status, text } = refusal;
  return new Response(text, {
    status,
    headers: {
      'cache-control': 'no-store',
      'content-type': 'text/plain',
      ...(status === 503 && { 'retry-after': '1' }),
    },
  });
}
