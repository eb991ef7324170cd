import { expect, test } from 'vitest';
import { ConnectionError } from '../src/errors/connection-error.js';
import { ServerError } from '../src/errors/server-error.js';
import { redirectionOf } from '../src/kit/cluster/redirection.js';

const here = '10.0.0.1:7000';

test.each([
  ['MOVED 3999 10.0.0.2:7001', { kind: 'MOVED', slot: 3999, node: '10.0.0.2:7001' }],
  ['ASK 0 [::1]:7001', { kind: 'ASK', slot: 0, node: '[::1]:7001' }],
  ['MOVED 16383 ::1:7001', { kind: 'MOVED', slot: 16383, node: '::1:7001' }],
  ['MOVED 5 :7001', { kind: 'MOVED', slot: 5, node: '10.0.0.1:7001' }],
  ['MOVED 5 ?:7001', { kind: 'MOVED', slot: 5, node: '10.0.0.1:7001' }],
  ['MOVED 16384 10.0.0.2:7001', undefined],
  ['MOVED __proto__ 10.0.0.2:7001', undefined],
  ['MOVED 5', undefined],
  ['TRYAGAIN Multiple keys request during rehashing of slot', undefined],
])('%s', (message, expected) => {
  expect(redirectionOf(new ServerError(message), here)).toEqual(expected);
});

test('only the server redirects', () => {
  expect(
    redirectionOf(new ConnectionError('MOVED 3999 10.0.0.2:7001', { sent: 'no' }), here),
  ).toBeUndefined();
});
