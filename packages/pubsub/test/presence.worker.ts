import { workerDriver } from '@penknife/matrix/worker';
import { answerParent } from '@penknife/testing';
import { createPresence, createPubSub } from '../src/index.js';

const presence = createPresence(createPubSub(workerDriver()), {
  lease: Number(process.env.PRESENCE_LEASE),
  grace: 0,
});

const acts = {
  join: async (room: string, user: string): Promise<boolean> => (await presence.join(room, user)) !== 'full',
};
/** What a process that holds users is asked to do. */
export type PresenceActs = typeof acts;

answerParent(acts);
