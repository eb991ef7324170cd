import type { World } from './world.js';

const worlds = new WeakMap<object, World>();

/** Remembers the world behind a handle that users hold, for the other doors of this package. */
export function rememberWorld(handle: object, world: World): void {
  worlds.set(handle, world);
}

/** The world behind a handle; throws TypeError for anything that is none. */
export function worldOf(handle: object): World {
  const world = worlds.get(handle);
  if (world === undefined)
    throw new TypeError('not a Redis made by createMemoryRedis, or a cluster: no door leads to one');
  return world;
}
