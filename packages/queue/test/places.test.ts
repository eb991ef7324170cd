import { seededRandom } from '@penknife/core';
import { describe, expect, it } from 'vitest';
import { Places } from '../src/worker/places.js';

/**
 * Workers of several partitions take and give places at random, as their rounds do. Resolves to what was wrong: more taken than
 * there are, or somebody left waiting beside a free place when nobody does anything any more.
 */
function play(places: Places, count: number, seed: number): readonly string[] {
  const random = seededRandom(seed);
  const below = (n: number): number => Math.floor(random.fraction() * n);
  const wrong: string[] = [];
  let taken = 0;
  const told = new Set<Taker>();

  class Taker {
    has = 0;
    wants = 0;
    roomy(): void {
      told.add(this);
    }
    ask(): void {
      told.delete(this);
      if (this.wants === 0 || !places.hasRoomFor(this)) return;
      const got = places.take(this, this.wants);
      if (got === 0) wrong.push('there was room, and then there was none');
      this.wants -= got;
      this.has += got;
      taken += got;
      if (taken > count) wrong.push(`${taken} of ${count} were taken`);
      // As a worker whose round was filled: it goes on asking.
      if (this.wants > 0) told.add(this);
    }
    give(some: number): void {
      this.has -= some;
      taken -= some;
      places.giveBack(some);
    }
  }

  const takers = Array.from({ length: 1 + below(6) }, () => new Taker());
  for (let step = 0; step < 200; step++) {
    const taker = takers[below(takers.length)] as Taker;
    const what = random.fraction();
    if (what < 0.35) {
      taker.wants += 1 + below(4);
      taker.ask();
    } else if (what < 0.6 && taker.has > 0) taker.give(1 + below(taker.has));
    else if (what < 0.7) {
      taker.wants = 0;
      places.leave(taker);
    } else for (const one of [...told].slice(0, 1 + below(3))) one.ask();
  }
  while (told.size > 0) for (const one of [...told]) one.ask();
  for (const { wants } of takers)
    if (wants > 0 && taken < count) wrong.push(`${count - taken} are free, and one waits for ${wants}`);
  return wrong;
}

describe('places', () => {
  it('never more are taken than there are, and nobody waits beside a free one', () => {
    for (let seed = 1; seed <= 500; seed++) {
      const count = 1 + (seed % 7);
      expect(play(new Places(count), count, seed), `seed ${seed}`).toEqual([]);
    }
  });

  it('the property is found broken: who leaves tells nobody, who is given a place takes two', () => {
    class Silent extends Places {
      override leave(): void {}
    }
    class Generous extends Places {
      override giveBack(count: number): void {
        super.giveBack(count + 1);
      }
    }
    for (const Planted of [Silent, Generous]) {
      const wrong: string[] = [];
      for (let seed = 1; seed <= 500; seed++) {
        const count = 1 + (seed % 7);
        wrong.push(...play(new Planted(count), count, seed));
      }
      expect(wrong.length, Planted.name).toBeGreaterThan(0);
    }
  });
});
