import { type ContractSetup, runDriverContract } from '@penknife/testing';
import { describe, it } from 'vitest';
import { columns, contractSetup, furtherColumns, inColumn } from '../src/index.js';

const clusterSkips: ContractSetup['skips'] = {
  'faults: while the server loads its data calls wait, until their deadline':
    'a node of a cluster that loads is out of it for seconds; shown on a single server',
};

const nodeRedisSkips: ContractSetup['skips'] = {
  'replies: the largest safe integer, 2^53 - 1, is exact':
    'the decoder of redis 6.3.1 rounds odd integers above 2^53 - 58 to the next even one',
};

const noUsers = 'the engine has no users: ACL SETUSER is not emulated';
const memorySkips: ContractSetup['skips'] = {
  'traits: a user who may not ask gets an answer: the common ground': noUsers,
  'check server: where CONFIG is forbidden it says just that': noUsers,
};

/** The older majors: single servers always, clusters in full runs. */
const full = process.env.PENKNIFE_MATRIX === 'full';
const further = furtherColumns.filter(({ topology }) => full || topology === 'single');

for (const column of [...columns, ...further]) {
  describe(column.name, () => {
    const world = inColumn(column, { slowLog: false });
    const skips = {
      ...(column.memory && memorySkips),
      ...(column.topology === 'cluster' && clusterSkips),
      ...(column.client.startsWith('node-redis') && nodeRedisSkips),
    };
    runDriverContract({ describe, it }, contractSetup(column, world, skips));
  });
}
