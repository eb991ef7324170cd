import { overMatrix } from '@penknife/matrix';
import { expect, it } from 'vitest';
import { HandlerRoom, type RoomGuest } from '../src/consumer/handler-room.js';
import { streamKeys } from '../src/index.js';
import { laneSuite } from './lanes.suite.js';

overMatrix('lanes', laneSuite, { keys: streamKeys });

type Room = Pick<HandlerRoom, 'hasPlace' | 'enter' | 'leave'>;

/** Guests that always want, served for so many turns; gives how often each was. */
function turns(room: Room, weights: readonly number[], count: number): number[] {
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
    room.leave();
  }
  return served;
}

/** Who got less or more than his share by weight, but for a few turns. */
function unfair(weights: readonly number[], served: readonly number[]): string[] {
  const sum = (of: readonly number[]): number => of.reduce((total, one) => total + one, 0);
  return weights.flatMap((weight, i) => {
    const [due, got] = [(sum(served) * weight) / sum(weights), served[i] ?? 0];
    return Math.abs(got - due) <= 2 + due / 20 ? [] : [`${weight} got ${got} of ${due}`];
  });
}

/** A room with a bug: the next place goes to whom `choose` says. */
function roomThat(choose: (wanting: readonly RoomGuest[]) => RoomGuest | undefined): Room {
  const wanting = new Set<RoomGuest>();
  let taken = false;
  return {
    hasPlace(guest) {
      if (taken) wanting.add(guest);
      return !taken;
    },
    enter(guest) {
      taken = true;
      wanting.delete(guest);
    },
    leave() {
      taken = false;
      const next = choose([...wanting]);
      if (next === undefined) return;
      wanting.delete(next);
      next.wake();
    },
  };
}

it('whoever always wants is served by his weight, the lowest too', () => {
  for (const weights of [
    [100, 10, 1],
    [4, 1],
    [1, 1, 1],
    [7, 3, 2],
  ]) {
    expect(unfair(weights, turns(new HandlerRoom(1), weights, 1110))).toEqual([]);
  }
});

it('planted: rooms that know no weights, or nothing but the highest, are noticed', () => {
  const weights = [100, 10, 1];
  const inTurn = roomThat(([first]) => first);
  expect(unfair(weights, turns(inTurn, weights, 1110))).toHaveLength(3);
  const strict = roomThat((wanting) =>
    wanting.reduce<RoomGuest | undefined>(
      (best, one) => (one.weight > (best?.weight ?? 0) ? one : best),
      undefined,
    ),
  );
  const served = turns(strict, weights, 1110);
  expect(unfair(weights, served)).not.toEqual([]);
  // The lowest starves.
  expect(served[2]).toBeLessThanOrEqual(1);
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
