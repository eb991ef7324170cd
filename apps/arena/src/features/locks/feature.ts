import { createLocks } from '@penknife/locks';
import type { Feature } from '../../feature.js';
import script from './panel.browser.js?raw';
import html from './panel.html?raw';
import { askToStepDown, runScheduler, schedulerState } from './scheduler.js';

/** One scheduler among all instances: when it goes, the next in line takes over. */
export const locksFeature: Feature = {
  name: 'locks',
  title: 'One scheduler',
  html,
  script,
  register({ app, driver, instance }) {
    const ending = new AbortController();
    const locks = createLocks(driver, { ttl: '3s', owner: instance });
    const running = runForever();

    async function runForever(): Promise<void> {
      while (!ending.signal.aborted) {
        try {
          await runScheduler(driver, locks, ending.signal);
        } catch (error) {
          if (ending.signal.aborted) return;
          app.log.error(error);
          await driver.clock.sleep(1000, ending.signal).catch(() => undefined);
        }
      }
    }

    app.get('/api/locks', () => schedulerState(driver, locks));
    app.post('/api/locks/step-down', async (_request, reply) => {
      await askToStepDown(driver);
      return reply.code(202).send({ asked: true });
    });
    return async () => {
      ending.abort();
      await locks.close();
      await running;
    };
  },
};
