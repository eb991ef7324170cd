import { Cluster, Redis } from 'ioredis';
import { Cluster as Cluster5, Redis as Redis5 } from 'ioredis5';
import { test } from 'vitest';
import { createIoredisDriver } from '../src/index.js';

test('clients of both majors are taken as they are', () => {
  createIoredisDriver(new Redis({ lazyConnect: true }));
  createIoredisDriver(new Cluster([], { lazyConnect: true }));
  createIoredisDriver(new Redis5({ lazyConnect: true }));
  createIoredisDriver(new Cluster5([], { lazyConnect: true }));
});

test('anything else is refused', () => {
  // @ts-expect-error a URL is no client
  createIoredisDriver('redis://127.0.0.1');
});
