/// <reference path="./ioredis-mock.d.ts" />
import Mock from 'ioredis-mock';

/** An instance of the mock, as far as it is used: commands are methods in lower case, `…Buffer` gives bytes. */
export interface MockInstance {
  readonly [method: string]: unknown;
  on(event: string, listener: (...args: never[]) => void): unknown;
  multi(options: { pipeline: false }): unknown;
  disconnect(): void;
}

/** Makes an instance for the data of a port, which all instances with that port share. Nothing listens there. */
export function openMock(port: number): MockInstance {
  return new Mock({ host: '127.0.0.1', port }) as MockInstance;
}
