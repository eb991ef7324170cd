import { expect, test } from 'vitest';
import { CommandError, NULL_ARRAY, type Reply } from '../src/engine/reply.js';
import type { Session } from '../src/engine/session.js';
import { engineForTest, notation, sessionForTest } from './replay.js';

function waiting(session: Session, ...args: string[]): { replies: string[] } {
  const replies: string[] = [];
  session.submit(args, (reply: Reply) => replies.push(notation(reply)));
  return { replies };
}

function world(count: number): { sessions: Session[]; clock: ReturnType<typeof engineForTest>['clock'] } {
  const { engine, clock } = engineForTest();
  return { sessions: Array.from({ length: count }, () => sessionForTest(engine).session), clock };
}

test('those who wait are served in the order they came', () => {
  const { sessions } = world(3);
  const [first, second, pusher] = sessions as [Session, Session, Session];
  const early = waiting(first, 'BLPOP', 'list', '0');
  const late = waiting(second, 'BLPOP', 'other', 'list', '0');
  waiting(pusher, 'RPUSH', 'list', 'a');
  expect([early.replies, late.replies]).toEqual([['["list" "a"]'], []]);
  waiting(pusher, 'RPUSH', 'list', 'b', 'c');
  expect(late.replies).toEqual(['["list" "b"]']);
  expect(waiting(pusher, 'LRANGE', 'list', '0', '-1').replies).toEqual(['["c"]']);
});

test('a move into a list serves who waits for that list, within the same command', () => {
  const { sessions } = world(3);
  const [mover, popper, pusher] = sessions as [Session, Session, Session];
  const moved = waiting(mover, 'BLMOVE', 'from', 'to', 'LEFT', 'RIGHT', '0');
  const popped = waiting(popper, 'BRPOP', 'to', '0');
  waiting(pusher, 'LPUSH', 'from', 'x');
  expect([moved.replies, popped.replies]).toEqual([['"x"'], ['["to" "x"]']]);
  expect(waiting(pusher, 'EXISTS', 'from', 'to').replies).toEqual([':0']);
});

test('what is behind one that waited is put off by CLIENT PAUSE', () => {
  const { sessions } = world(2);
  const [popper, other] = sessions as [Session, Session];
  const popped = waiting(popper, 'BLPOP', 'list', '0');
  const behind = ['GET', 'SET', 'GET'].map((name) =>
    waiting(popper, name, 'a', ...(name === 'SET' ? ['1'] : [])),
  );
  waiting(other, 'CLIENT', 'PAUSE', '1000', 'WRITE');
  expect(waiting(other, 'CLIENT', 'UNBLOCK', String(popper.id)).replies).toEqual([':1']);
  expect(popped.replies).toHaveLength(1);
  expect(behind.map(({ replies }) => replies.length)).toEqual([1, 0, 0]);
  expect(waiting(other, 'EXISTS', 'a').replies).toEqual([':0']);
  waiting(other, 'CLIENT', 'UNPAUSE');
  expect(behind.slice(1).map(({ replies }) => replies)).toEqual([['+OK'], ['"1"']]);
});

test('data that a transaction takes back serves nobody', () => {
  const { sessions } = world(2);
  const [popper, writer] = sessions as [Session, Session];
  const popped = waiting(popper, 'BZPOPMIN', 'set', '0');
  for (const line of ['MULTI', 'ZADD set 1 a', 'DEL set', 'EXEC']) waiting(writer, ...line.split(' '));
  expect(popped.replies).toEqual([]);
  waiting(writer, 'ZADD', 'set', '1', 'b');
  expect(popped.replies).toEqual(['["set" "b" "1"]']);
});

test('the time of a wait is that of the clock', async () => {
  const { sessions, clock } = world(1);
  const [popper] = sessions as [Session];
  const popped = waiting(popper, 'BLPOP', 'list', '0.5');
  await clock.advance(499);
  expect(popped.replies).toEqual([]);
  await clock.advance(1);
  expect(popped.replies).toEqual(['*-1']);
  expect(clock.armed).toBe(0);
});

test('commands sent behind a blocked one run after it, in order', () => {
  const { sessions } = world(2);
  const [popper, pusher] = sessions as [Session, Session];
  const popped = waiting(popper, 'BLPOP', 'list', '0');
  const behind = waiting(popper, 'LLEN', 'list');
  expect(behind.replies).toEqual([]);
  waiting(pusher, 'RPUSH', 'list', 'a', 'b');
  expect([popped.replies, behind.replies]).toEqual([['["list" "a"]'], [':1']]);
});

test('CLIENT UNBLOCK ends a wait as a timeout or with an error', () => {
  const { sessions } = world(2);
  const [popper, other] = sessions as [Session, Session];
  const first = waiting(popper, 'BLPOP', 'list', '0');
  expect(waiting(other, 'CLIENT', 'UNBLOCK', String(popper.id)).replies).toEqual([':1']);
  const second = waiting(popper, 'XREAD', 'BLOCK', '0', 'STREAMS', 'log', '$');
  waiting(other, 'CLIENT', 'UNBLOCK', String(popper.id), 'ERROR');
  expect(waiting(other, 'CLIENT', 'UNBLOCK', String(popper.id)).replies).toEqual([':0']);
  expect([first.replies, second.replies]).toEqual([
    [notation(NULL_ARRAY)],
    [notation(new CommandError('UNBLOCKED client unblocked via CLIENT UNBLOCK'))],
  ]);
});

test('a blocked read of a group ends when its stream is deleted or its group destroyed', () => {
  const { sessions } = world(3);
  const [first, second, writer] = sessions as [Session, Session, Session];
  waiting(writer, 'XGROUP', 'CREATE', 'log', 'group', '$', 'MKSTREAM');
  const deleted = waiting(first, 'XREADGROUP', 'GROUP', 'group', 'a', 'BLOCK', '0', 'STREAMS', 'log', '>');
  waiting(writer, 'DEL', 'log');
  expect(deleted.replies).toEqual(['-UNBLOCKED the stream key no longer exists']);
  waiting(writer, 'XGROUP', 'CREATE', 'log', 'group', '$', 'MKSTREAM');
  const destroyed = waiting(second, 'XREADGROUP', 'GROUP', 'group', 'a', 'BLOCK', '0', 'STREAMS', 'log', '>');
  waiting(writer, 'XGROUP', 'DESTROY', 'log', 'group');
  expect(destroyed.replies).toEqual([
    '-NOGROUP the consumer group this client was blocked on no longer exists',
  ]);
});

test('a session that is closed waits no longer, and takes nothing', () => {
  const { sessions } = world(2);
  const [popper, pusher] = sessions as [Session, Session];
  const popped = waiting(popper, 'BLPOP', 'list', '0');
  popper.engine.closeSession(popper);
  waiting(pusher, 'RPUSH', 'list', 'kept');
  expect(popped.replies).toEqual([]);
  expect(waiting(pusher, 'LLEN', 'list').replies).toEqual([':1']);
});
