import type { World } from './driver/world.js';

/** What can happen to a server and its connections. Each takes effect before it returns. */
export interface MemoryFaults {
  /** Breaks every connection; clients may connect again at once. */
  cut(): void;
  /** Breaks every connection and refuses new ones until `restore`. `loseData`: as a server without persistence that died. */
  refuse(options?: { readonly loseData?: boolean }): void;
  /** Takes connections again. Throws ClosedError when the engine was closed. */
  restore(): void;
  /** Connections stay open, nothing is answered until `resume`; calls made meanwhile run then, in their order. */
  pause(): void;
  resume(): void;
  /** Answers LOADING until the function it gives is called; until all of them, when it is called more than once. */
  load(): () => void;
}

/** The faults of one engine. */
export function createFaults(world: World): MemoryFaults {
  return {
    cut: () => world.cut(),
    refuse(options = {}) {
      world.refuse();
      if (options.loseData) {
        const { engine } = world;
        engine.flushAll();
        engine.scripts.flush();
        engine.users.clear();
      }
    },
    restore: () => world.restore(),
    pause: () => world.pause(),
    resume: () => world.resume(),
    load() {
      const { engine } = world;
      let isOver = false;
      engine.loading++;
      return () => {
        if (isOver) return;
        isOver = true;
        engine.loading--;
      };
    },
  };
}
