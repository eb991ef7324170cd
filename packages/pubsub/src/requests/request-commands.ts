import { defineScript, fragments, type Reply, refuse, type ScriptCall } from '@penknife/core';
import askLua from '../scripts/ask.lua';
import liveRespondersLua from '../scripts/live-responders.lua';
import responderRenewLua from '../scripts/responder-renew.lua';

/** How many responders one request may have. */
export const responderLimit = 10_000;

function responders(name: string): (reply: Reply) => readonly string[] {
  return (reply) =>
    Array.isArray(reply) ? (reply as string[]) : refuse(name, 'a list of responders', reply);
}

/** Publishes a request; its reply is whose answers are to be expected. */
export const askScript: ScriptCall<readonly string[], 2, 3> = defineScript({
  name: 'pubsub/ask',
  lua: askLua,
  fragments: [fragments.nowMs],
  keys: 2,
  args: 3,
  read: responders('pubsub/ask'),
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

/** Whose leases run. */
export const liveScript: ScriptCall<readonly string[], 1, 1> = defineScript({
  name: 'pubsub/live-responders',
  lua: liveRespondersLua,
  fragments: [fragments.nowMs],
  keys: 1,
  args: 1,
  repeatable: true,
  read: responders('pubsub/live-responders'),
});
