import { defineScript, fragments, integerReply, type Reply, refuse, type ScriptCall } from '@penknife/core';
import askLua from '../scripts/ask.lua';
import countRespondersLua from '../scripts/count-responders.lua';
import responderRenewLua from '../scripts/responder-renew.lua';

/** How many responders one request may have. */
export const responderLimit = 10_000;

/** Publishes a request; its reply is whose answers are to be expected. */
export const askScript: ScriptCall<readonly string[], 2, 3> = defineScript({
  name: 'pubsub/ask',
  lua: askLua,
  fragments: [fragments.nowMs],
  keys: 2,
  args: 3,
  read: (reply: Reply) =>
    Array.isArray(reply) ? (reply as string[]) : refuse('pubsub/ask', 'a list of responders', reply),
});

/** Begins or renews a responder's lease. */
export const renewScript: ScriptCall<void, 1, 2> = defineScript({
  name: 'pubsub/responder-renew',
  lua: responderRenewLua,
  fragments: [fragments.nowMs],
  keys: 1,
  args: 2,
  repeatable: true,
  read: () => undefined,
});

/** How many leases run. */
export const countScript: ScriptCall<number, 1, 1> = defineScript({
  name: 'pubsub/count-responders',
  lua: countRespondersLua,
  fragments: [fragments.nowMs],
  keys: 1,
  args: 1,
  repeatable: true,
  read: integerReply('pubsub/count-responders'),
});
