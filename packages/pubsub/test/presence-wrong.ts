import { type CallOptions, type Command, type Driver, sentOf } from '@penknife/core';
import type { Wrong } from './schedule.js';

/** A call of presence, in its own words. */
export interface PresenceCall {
  readonly act: 'beat' | 'begin' | 'enter' | 'join' | 'leave' | 'bury' | 'other';
  /** The node it is about, or a key of it; '' where none is. */
  readonly name: string;
  /** Of that node; 0 where none is. */
  readonly generation: number;
  readonly connection: string;
}

/** Reads it. */
export function presenceCall({ script, args }: Command<unknown>): PresenceCall {
  const [key, node, mode] = [String(args[3]), String(args[5]), args[7]];
  const call = (act: PresenceCall['act'], name: string, connection: unknown = ''): PresenceCall => ({
    act,
    name,
    generation: Number(/\.(\d+)\}?$/.exec(name)?.[1] ?? 0),
    connection: String(connection),
  });
  switch (script?.name) {
    case 'pubsub/presence-beat':
      return call(mode === 'begin' ? 'begin' : 'beat', node);
    case 'pubsub/presence-enter':
      return call('enter', key);
    case 'pubsub/presence-join':
      return call('join', String(args[8]), args[16]);
    case 'pubsub/presence-leave':
      return call('leave', String(args[8]), args[15]);
    case 'pubsub/presence-bury':
      return call('bury', key);
    default:
      return call('other', '');
  }
}

/** What one process believes of itself that is not so: makes a call, or answers it unmade. */
type Belief = (call: PresenceCall, send: () => Promise<unknown>, newest: () => number) => Promise<unknown>;

function believing(begin: () => Belief): Wrong {
  return (driver: Driver) => {
    const belief = begin();
    let newest = 0;
    return {
      ...driver,
      send<T>(command: Command<T>, options?: CallOptions): Promise<T> {
        const call = presenceCall(command);
        if (call.act === 'begin') newest = Math.max(newest, call.generation);
        return belief(
          call,
          () => driver.send(command, options),
          () => newest,
        ) as Promise<T>;
      },
    };
  };
}

/** A join whose answer is lost was not made. */
export const forgetsUnanswered: Wrong = believing(() => {
  const forgotten = new Set<string>();
  return async ({ act, connection }, send) => {
    if (act === 'leave' && forgotten.has(connection)) return 0;
    try {
      const answer = await send();
      if (act === 'join') forgotten.delete(connection);
      return answer;
    } catch (error) {
      if (act === 'join' && sentOf(error) !== 'no') forgotten.add(connection);
      throw error;
    }
  };
});

/** The server knows each room that was entered under a name before. */
export const trustsEntered: Wrong = believing(() => async ({ act, generation }, send, newest) => {
  return act === 'enter' && generation < newest() ? true : send();
});
