import { overMatrix } from '@penknife/matrix';
import { expect, it } from 'vitest';
import { HandlerRoom } from '../src/consumer/handler-room.js';
import { streamKeys } from '../src/index.js';
import { laneSuite } from './lanes.suite.js';

overMatrix('lanes', laneSuite, { keys: streamKeys });

/** Guests that always want, served for so many turns; gives how often each was. */
function turns(weights: readonly number[], count: number, leave: (room: HandlerRoom) => void): number[] {
  const room = new HandlerRoom(1);
  const served = weights.map(() => 0);
  const guests = weights.map((weight, i) => {
    const guest = {
      weight,
      wake(): void {
        if (!room.hasPlace(guest)) return;
        room.enter(guest);
        served[i] = (served[i] ?? 0) + 1;
      },
    };
    return guest;
  });
  for (let turn = 0; turn < count; turn++) {
    for (const guest of guests) guest.wake();
    leave(room);
  }
  return served;
}

it('whoever always wants is served by his weight, the lowest too', () => {
  const served = turns([100, 10, 1], 1110, (room) => room.leave());
  expect(served[2]).toBeGreaterThanOrEqual(8);
  expect(served[1]).toBeGreaterThanOrEqual(90);
  expect(served[0]).toBeGreaterThanOrEqual(950);
});

it('one who was away has saved nothing up', () => {
  const room = new HandlerRoom(1);
  const busy = { weight: 1, wake: () => undefined };
  for (let i = 0; i < 100; i++) {
    room.enter(busy);
    room.leave();
  }
  const order: string[] = [];
  const guest = (name: string) => {
    const own = {
      weight: 1,
      wake(): void {
        room.enter(own);
        order.push(name);
      },
    };
    return own;
  };
  const [late, other] = [guest('late'), guest('other')];
  room.enter(busy);
  room.hasPlace(other);
  for (let i = 0; i < 10; i++) {
    room.hasPlace(late);
    room.hasPlace(other);
    room.leave();
  }
  expect(order.filter((name) => name === 'late')).toHaveLength(5);
});
