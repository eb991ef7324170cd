import { isPenknifeError } from '@penknife/core';

const refusals: Readonly<Record<string, { readonly status: number; readonly text: string }>> = {
  SESSION_UNAVAILABLE: { status: 503, text: 'Service Unavailable' },
  SESSION_CSRF: { status: 403, text: 'Forbidden' },
  SESSION_NOT_FRESH: { status: 401, text: 'Unauthorized' },
  SESSION_LIMIT: { status: 413, text: 'Content Too Large' },
  SESSION_CONFLICT: { status: 409, text: 'Conflict' },
  SESSION_ENDED: { status: 409, text: 'Conflict' },
};

/** The answer to a request that a session's error ended, by the status of the error. Null for every other error. */
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

/** False for answers that nothing can be added to: `Response.error()`, which reaches nobody, and a connection that is handed over. */
export function takesCookie({ status }: Response): boolean {
  return status >= 200;
}
