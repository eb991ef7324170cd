import type { RandomSource } from '@penknife/core';
import type { ScriptedFailures } from '../driver/scripted-failures.js';
import { World } from '../driver/world.js';
import type { Engine } from '../engine/engine.js';

/** One node of a cluster: an engine with an address, which connections can be refused by. */
export interface ClusterNode {
  readonly id: string;
  readonly host: string;
  readonly port: number;
  /** The shard it belongs to, from 0. */
  readonly shard: number;
  readonly engine: Engine;
  readonly world: World;
  /** Who it follows; undefined: it is a primary. */
  primary: ClusterNode | undefined;
}

/** Nobody listens there: the address only tells nodes apart. */
const host = '127.0.0.1';
const firstPort = 7000;

/** Makes a node around an engine. */
export function createNode(
  engine: Engine,
  failures: ScriptedFailures,
  random: RandomSource,
  place: { readonly index: number; readonly shard: number },
): ClusterNode {
  return {
    id: Buffer.from(random.bytes(20)).toString('hex'),
    host,
    port: firstPort + place.index,
    shard: place.shard,
    engine,
    world: new World(engine, failures),
    primary: undefined,
  };
}

/** A node's name, as redirections and clients call it. */
export function addressOf({ host: ip, port }: ClusterNode): string {
  return `${ip}:${port}`;
}
