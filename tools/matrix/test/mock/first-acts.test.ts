import { systemClock } from '@penknife/core';
import { createDriver } from '@penknife/core/driver-kit';
import { describe, expect, it } from 'vitest';
import { createMockTransport } from '../../src/columns/mock/mock-transport.js';
import { firstActs } from './first-acts.js';

let port = 60_000;

describe('patterns on ioredis-mock', () => {
  it.each(firstActs)('$pattern: to $what: $says', async ({ act, failure }) => {
    const driver = createDriver(createMockTransport(port++), { clock: systemClock });
    const outcome = await act(driver).then(
      () => undefined,
      (error: unknown) => String(error),
    );
    await driver.close();
    if (failure === undefined) expect(outcome).toBeUndefined();
    else expect(outcome).toMatch(failure);
  });
});
