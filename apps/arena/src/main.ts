import { createArena } from './arena.js';
import { readConfig } from './config.js';
import { describeBackend, openDriver } from './open-driver.js';

const config = readConfig(process.env);
const driver = openDriver(config.backend);
const backend = describeBackend(config.backend);
const app = createArena({ driver, backend });

async function stop(): Promise<void> {
  await app.close();
  await driver.close();
}
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    stop().catch((error: unknown) => {
      console.error(error);
      process.exitCode = 1;
    });
  });
}

const address = await app.listen({ port: config.port, host: config.host });
console.log(`Penknife arena on ${backend}: ${address}`);
