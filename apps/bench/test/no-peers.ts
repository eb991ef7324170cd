import type { Peers } from '../src/peers.js';

/** For cases without any. */
export const noPeers: Peers = {
  load: () => Promise.reject(new Error('there are no peers')),
  fit: (names) => names,
  leftOut: [],
  version: () => 'none',
  versions: {},
};
