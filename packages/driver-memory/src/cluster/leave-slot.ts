import { leave } from '../engine/pub-sub.js';
import type { ClusterNode } from './node.js';
import { slotOfKey } from './slot-of-key.js';
import type { SlotTable } from './slot-table.js';

/**
 * A node has given a slot away: whoever waits there for one of its keys is sent on, and subscriptions to its shard channels end,
 * as their subscribers are told.
 */
export function leaveSlot(node: ClusterNode, slot: number, table: SlotTable): void {
  const { engine } = node;
  for (const session of engine.sessions.values()) {
    const keys = session.blocked?.request.keys ?? [];
    if (keys.some((key) => slotOfKey(key) === slot)) {
      const moved = table.judge(node, [{ keys, channels: false }], false);
      if (moved !== undefined) engine.blocking.unblock(session, moved);
    }
    for (const channel of [...session.shardChannels]) {
      if (slotOfKey(channel) !== slot) continue;
      session.shardChannels.delete(channel);
      leave(engine.pubSub.shardChannels, channel, session);
      session.push(['sunsubscribe', channel, session.shardChannels.size]);
    }
  }
  engine.settle();
}
