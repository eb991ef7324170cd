import { isServerError } from '@penknife/core';
import type { WireCall } from '@penknife/core/driver-kit';
import { addressOf, type ClusterNode } from './node.js';

/** Redirections followed for one call: more of them than any cluster in order gives. */
export const maxRedirections = 5;

/** Announces that the next call may use a slot that is on its way. */
export const asking: WireCall = { args: ['ASKING'], key: undefined, bytes: false };

/** Where an answer sends its call, and how; undefined: nowhere. */
export function redirectionOf(
  error: unknown,
  nodes: readonly ClusterNode[],
): { readonly node: ClusterNode; readonly asks: boolean } | undefined {
  if (!isServerError(error) || (error.code !== 'MOVED' && error.code !== 'ASK')) return undefined;
  const address = error.message.split(' ')[2];
  const node = nodes.find((one) => addressOf(one) === address);
  return node && { node, asks: error.code === 'ASK' };
}
