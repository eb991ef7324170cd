import { expect, it } from 'vitest';
import { callWithin } from '../src/index.js';

it('takes the call’s own deadline before the pattern’s, and nothing that is not the driver’s', () => {
  const { signal } = new AbortController();
  expect(callWithin({ signal, deadlineMs: 5 }, 7)).toEqual({ signal, deadlineMs: 5 });
  expect(callWithin({ signal }, 7)).toEqual({ signal, deadlineMs: 7 });
  const wider = { deadlineMs: 5, id: 'not for the driver' };
  expect(callWithin(wider)).toEqual({ deadlineMs: 5 });
  expect(callWithin(undefined, 7)).toEqual({ deadlineMs: 7 });
});

it('says nothing when there is nothing to say', () => {
  expect(callWithin(undefined)).toBeUndefined();
  expect(callWithin({})).toBeUndefined();
});
