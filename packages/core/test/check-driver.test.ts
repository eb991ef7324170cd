import { expect, it } from 'vitest';
import { checkDriver } from '../src/index.js';

it('a driver is one; a client, nothing, and anything else are refused by name', () => {
  class Redis {
    sendCommand(): void {}
  }
  expect(() => checkDriver({ send: async () => undefined })).not.toThrow();
  expect(() => checkDriver(new Redis())).toThrow(
    'driver must be a driver, such as createIoredisDriver(client); given: an object (Redis)',
  );
  for (const wrong of [undefined, null, 'redis://127.0.0.1', {}])
    expect(() => checkDriver(wrong, 'drivers')).toThrow(/^drivers must be a driver/);
});
