import type { ServerNode } from './server-node.js';

/** Ends all servers at once; every one is tried, then the first failure is thrown. */
export async function stopAll(nodes: readonly ServerNode[]): Promise<void> {
  const results = await Promise.allSettled(nodes.map((node) => node.stop()));
  for (const result of results) if (result.status === 'rejected') throw result.reason;
}

/** Starts several servers at once; when one fails, those that started are stopped and its error is thrown. */
export async function launchAll(starts: readonly (() => Promise<ServerNode>)[]): Promise<ServerNode[]> {
  const results = await Promise.allSettled(starts.map((start) => start()));
  const nodes = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  const failed = results.find((result) => result.status === 'rejected');
  if (!failed) return nodes;
  await stopAll(nodes);
  throw failed.reason;
}

/** Does the work that joins started servers together; when it fails they are stopped. */
export async function orStop<T>(nodes: readonly ServerNode[], work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    await stopAll(nodes);
    throw error;
  }
}
