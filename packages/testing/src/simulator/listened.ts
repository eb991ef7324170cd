import type { Transport, WireCall, WireSender } from '@penknife/core/driver-kit';
import type { SimulationOptions } from './options.js';

/** The context of the schedule under way, once there is one. */
export interface Listened<C> {
  current: C;
}

/** A transport whose every call is told, with its answer, at the moment the engine gave it. */
export function listened<C>(
  inner: Transport,
  process: string,
  context: Listened<C>,
  witness: SimulationOptions<C>['witness'],
): Transport {
  if (witness === undefined) return inner;
  const through = <S extends WireSender>(sender: S): S => {
    const call = (wire: WireCall): ReturnType<S['call']> =>
      sender.call(wire).then((reply) => {
        witness({ process, args: wire.args, reply, context: context.current });
        return reply;
      }) as ReturnType<S['call']>;
    return new Proxy(sender, {
      get: (target, name) => {
        if (name === 'call') return call;
        const value: unknown = Reflect.get(target, name, target);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
  };
  return {
    ...inner,
    open: (events) => through(inner.open(events)),
    openLane: async (key) => through(await inner.openLane(key)),
    openLanes: async () => (await inner.openLanes()).map(through),
  };
}
