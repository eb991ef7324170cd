import { expect, it } from 'vitest';
import { overtaken } from '../../src/index.js';

const queued = (ticket: string, resource = 'a') => ({ type: 'queued', resource, ticket });
const served = (ticket: string, turn: number, resource = 'a') => ({ type: 'served', resource, ticket, turn });

it('nothing is wrong with first come, first served, noticed in whatever order', () => {
  const events = [queued('one'), queued('two'), queued('three'), served('two', 2), served('one', 1)];
  expect(overtaken(events)).toEqual([]);
  expect(overtaken([...events, served('three', 3), served('never queued', 4)])).toEqual([]);
});

it('queueing once more keeps the place', () => {
  expect(
    overtaken([queued('one'), queued('two'), queued('one'), served('one', 1), served('two', 2)]),
  ).toEqual([]);
});

it('finds who was overtaken, each resource for itself', () => {
  const events = [queued('one'), queued('other', 'b'), queued('two'), served('two', 1), served('one', 2)];
  expect(overtaken([...events, served('other', 3, 'b')])).toEqual([
    'one was served after two, and had queued earlier',
  ]);
});

it('finds all who were overtaken by the same one', () => {
  const events = ['one', 'two', 'three'].map((ticket) => queued(ticket));
  expect(overtaken([...events, served('three', 1), served('one', 2), served('two', 3)])).toHaveLength(2);
});
