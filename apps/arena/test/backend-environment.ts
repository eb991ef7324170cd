import type { Backend } from '../src/config.js';

/** The variables that name a backend to a process of its own. */
export function environmentOf(backend: Backend): Readonly<Record<string, string>> {
  if (backend.kind === 'memory') return {};
  if (backend.kind === 'server') return { PENKNIFE_CLIENT: backend.client, REDIS_URL: backend.url };
  const nodes = backend.nodes.map(({ host, port }) => `${host}:${port}`);
  return { PENKNIFE_CLIENT: backend.client, REDIS_CLUSTER: nodes.join(',') };
}
