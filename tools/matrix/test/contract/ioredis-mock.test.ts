import { readFileSync, writeFileSync } from 'node:fs';
import { bundleModule } from '@penknife/config/bundle-module';
import { startWorker } from '@penknife/testing';
import { describe, expect, it } from 'vitest';
import type { Acts } from './ioredis-mock.worker.js';
import { lackedList } from './lacked-list.js';
import { fullTier } from './run-in-columns.js';

const list = new URL('../../../../docs/ioredis-mock.md', import.meta.url);

describe.skipIf(!fullTier)(
  'driver contract on ioredis-mock (full runs only: cases that hang take their time)',
  () => {
    // In a process of its own: what hangs there can be left behind.
    it('lacks what its list says, and nothing else', { timeout: 300_000 }, async () => {
      const worker = await startWorker<Acts>(
        await bundleModule(new URL('./ioredis-mock.worker.ts', import.meta.url)),
      );
      try {
        const outcomes = await worker.call('outcomes');
        if (process.env.PENKNIFE_WRITE === '1') writeFileSync(list, lackedList(outcomes));
        expect(outcomes.filter(({ failure }) => failure === undefined).length).toBeGreaterThan(20);
        const lacking = outcomes.filter(({ failure }) => failure !== undefined).map(({ name }) => name);
        // Why a case fails may be told in other words when the machine is busy; that it fails may not.
        const text = readFileSync(list, 'utf8');
        const listed = text.match(/(?<=^- ).*$/gm) ?? [];
        expect(lacking.sort()).toEqual([...listed].sort());
        expect(text).toContain(`\n${outcomes.length - lacking.length} of ${outcomes.length} cases pass.`);
      } finally {
        await worker.kill();
      }
    });
  },
);
