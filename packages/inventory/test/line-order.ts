import { seededRandom } from '@penknife/core';
import type { Inventory } from '../src/index.js';

/**
 * Many wait for one piece each of an item that is sold out; stock comes, holds are released, some leave. Resolves to the ids in
 * the order in which they ought to be granted: that of their arrival, without those who left.
 */
export async function playLine(
  shop: Inventory,
  granted: () => readonly string[],
  seed: number,
  people: number,
): Promise<string[]> {
  const random = seededRandom(seed);
  await shop.setStock('tee', 0);
  const ids = Array.from({ length: people }, (_, i) => `p${i}`);
  for (const id of ids) await shop.reserve({ tee: 1 }, { id, wait: '1h' });
  const left = new Set<string>();
  while (granted().length + left.size < people) {
    const now = granted();
    const gone = ids[Math.floor(random.fraction() * people)] as string;
    if (random.fraction() < 0.2 && !now.includes(gone) && !left.has(gone)) {
      await shop.release(gone);
      left.add(gone);
    } else if (random.fraction() < 0.4 && now.length > 0) await shop.release(now.at(-1) as string);
    else await shop.adjust('tee', 1 + Math.floor(random.fraction() * 3));
  }
  return ids.filter((id) => !left.has(id));
}
