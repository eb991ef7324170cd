import type { FaultKind, FaultPlan } from './faults.js';
import type { SimulatedEngine } from './options.js';
import type { Life } from './simulated-process.js';
import type { Tape } from './tape.js';
import type { Weather } from './weather.js';
import type { World } from './world.js';

/** What decides about faults. */
export interface StrikeParts {
  readonly world: World;
  readonly tape: Tape;
  readonly weather: Weather;
  readonly plan: FaultPlan;
  readonly engine: SimulatedEngine;
}

/** Makes a fault happen, if there is anybody whom it can meet; false otherwise. */
export function strike(kind: FaultKind, parts: StrikeParts): boolean {
  const { world, plan, engine } = parts;
  if (kind === 'failover') {
    const lose = below(parts, plan.lostWrites + 1);
    const [life] = world.lives;
    if (life === undefined || engine.failover === undefined) return false;
    world.met(kind, life, { lose });
    engine.failover({ lose });
    return true;
  }
  const victims = world.lives.filter((life) => life.alive && !life.done && !life.paused && !life.cutOff);
  if (victims.length === 0) return false;
  return strikes[kind](victims[below(parts, victims.length)] as Life, parts);
}

const strikes: Readonly<Record<Exclude<FaultKind, 'failover'>, (life: Life, parts: StrikeParts) => boolean>> =
  {
    delay(life, parts) {
      const ms = duration(parts);
      life.cutOff = true;
      parts.world.clock.timer(ms, () => {
        life.cutOff = false;
      });
      parts.world.met('delay', life, { ms });
      return true;
    },
    pause(life, parts) {
      const ms = duration(parts);
      life.paused = true;
      parts.world.clock.timer(ms, () => {
        life.paused = false;
      });
      parts.world.met('pause', life, { ms });
      return true;
    },
    'lost-reply'(life, parts) {
      const links = parts.world.network.of(life).filter(({ toServer }) => toServer.length > 0);
      const link = links[below(parts, links.length)];
      if (link === undefined) return false;
      parts.world.met('lost-reply', life);
      link.break(1);
      return true;
    },
    drop(life, parts) {
      const links = parts.world.network.of(life);
      const link = links[below(parts, links.length)];
      if (link === undefined) return false;
      parts.world.met('drop', life, { connection: link.name });
      link.break(below(parts, link.toServer.length + 1));
      return true;
    },
    crash(life, parts) {
      parts.world.met('crash', life);
      end(life, parts);
      return true;
    },
    restart(life, parts) {
      const { world } = parts;
      const ms = duration(parts);
      world.met('restart', life, { ms });
      end(life, parts);
      world.absent++;
      world.clock.timer(ms, () => {
        world.absent--;
        world.start(world.lives.indexOf(life));
      });
      return true;
    },
  };

/** From here on nothing in the process goes on: whatever it waited for never comes. */
function end(life: Life, parts: StrikeParts): void {
  life.alive = false;
  for (const link of parts.world.network.of(life)) {
    link.closedByProcess(below(parts, link.toServer.length + 1));
  }
}

/** Short and long ones alike: what matters is on which side of a lease or a deadline they end. */
function duration(parts: StrikeParts): number {
  const longest = parts.plan.longestMs;
  const durations = [longest / 1000, longest / 100, longest / 10, longest].map((ms) =>
    Math.max(1, Math.round(ms)),
  );
  return durations[below(parts, durations.length)] as number;
}

function below({ tape, weather }: StrikeParts, limit: number): number {
  return tape.decide(limit, () => weather.below(limit));
}
