import type { Contestant } from '../../case.js';

/** What is published: as usual in a chat room. */
export const payload = {
  id: 12_345,
  from: 'ada',
  text: 'a message of a length that is usual in a chat room',
  at: 1_700_000_000_000,
};

/** A publisher on one connection and a listener on another. */
export interface Exchange {
  publish(): unknown;
  close(): unknown;
}

/** One operation is a publish and its delivery, at the listener's end, decoded. Deliveries keep the order of publishes. */
export async function exchange(
  name: string,
  guarantees: string,
  open: (delivered: () => void) => Promise<Exchange>,
): Promise<Contestant> {
  const waiting: (() => void)[] = [];
  let first = 0;
  const { publish, close } = await open(() => {
    const next = waiting[first];
    if (next === undefined) return;
    first++;
    next();
    // Cut off what is answered now and then: the list stays short.
    if (first < 4096) return;
    waiting.splice(0, first);
    first = 0;
  });
  return {
    name,
    guarantees,
    async run() {
      const delivered = new Promise<void>((resolve) => waiting.push(resolve));
      await Promise.all([publish(), delivered]);
    },
    async close() {
      await close();
    },
  };
}
