import type { HeaderField, LimitedIdentifier } from './header-fields.js';

/** The answer to a request that is refused. */
export interface Refusal {
  /** 429; 503 when nobody could be asked; 413 when the cost is above what can ever pass. */
  readonly status: 413 | 429 | 503;
  readonly headers: readonly HeaderField[];
  /** A problem document (RFC 9457). */
  readonly body: string;
}

const registry = 'https://iana.org/assignments/http-problem-types#';

/** Writes the refusal for the limits that denied, the binding one first. */
export function refusal(denied: readonly LimitedIdentifier[]): Refusal {
  const { reason, retryAfterMs } = denied[0]?.result ?? { reason: 'limit', retryAfterMs: 0 };
  const headers: HeaderField[] = [
    ['content-type', 'application/problem+json'],
    ['cache-control', 'no-store'],
  ];
  if (retryAfterMs !== null)
    headers.push(['retry-after', String(Math.max(1, Math.ceil(retryAfterMs / 1000)))]);
  const policies = denied.map(({ result }) => result.policy);
  if (reason === 'unavailable') {
    const problem = { type: `${registry}temporary-reduced-capacity`, title: 'Temporarily reduced capacity' };
    return answer(503, headers, { ...problem, 'violated-policies': policies });
  }
  if (reason === 'cost_exceeds_capacity')
    return answer(413, headers, {
      type: `${registry}quota-exceeded`,
      title: 'The request weighs more than the quota',
      'violated-policies': policies,
    });
  const [kind, title] =
    reason === 'blocked'
      ? ['abnormal-usage-detected', 'Too many requests for too long']
      : ['quota-exceeded', 'Request cannot be satisfied as the assigned quota has been exceeded'];
  return answer(429, headers, { type: `${registry}${kind}`, title, 'violated-policies': policies });
}

function answer(
  status: Refusal['status'],
  headers: readonly HeaderField[],
  problem: Readonly<Record<string, unknown>>,
): Refusal {
  return { status, headers, body: JSON.stringify({ ...problem, status }) };
}
