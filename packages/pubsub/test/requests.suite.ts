import { ConnectionError, type Driver, type StandardSchema } from '@penknife/core';
import type { MatrixContext } from '@penknife/matrix';
import { beforeEach, expect, it } from 'vitest';
import { createPubSub, createRequests, defineRequest } from '../src/index.js';
import { until } from './hearing.js';

const numbers: StandardSchema<unknown, number> = {
  '~standard': {
    version: 1,
    vendor: 'test',
    validate: (value) =>
      typeof value === 'number' ? { value } : { issues: [{ message: 'must be a number' }] },
  },
};
const lease = '30s';
const double = defineRequest('game:{game}:double', {
  request: { schema: numbers },
  answer: { schema: numbers },
  lease,
});
const sharded = defineRequest('shard:{game}:double', { sharded: true, lease });
const short = defineRequest('game:{game}:short', { lease: 100 });

/** Requests and their answers, on whatever the context runs on. */
export function requestsSuite(context: MatrixContext): void {
  let game = { game: '' };
  let games = 0;
  beforeEach(() => {
    game = { game: `g${++games}` };
  });
  const open = async () => createPubSub(await context.driver());

  it('everybody who responds is asked, in every process, and their answers come together', async () => {
    const [here, there] = [createRequests(await open(), double), createRequests(await open(), double)];
    const responders = [
      await here.respond(game, (n) => n * 2),
      await there.respond(game, async (n, params) => (params.game === game.game ? n * 2 + 1 : 0)),
    ];
    const { answers, ...rest } = await there.ask(game, 21);
    expect(rest).toEqual({ failed: [], missing: [], complete: true });
    expect(new Map(answers.map(({ from, answer }) => [from, answer]))).toEqual(
      new Map(responders.map(({ id }, i) => [id, 42 + i])),
    );
    // Many at once keep apart.
    const many = await Promise.all([1, 2, 3, 4, 5].map((n) => here.ask(game, n)));
    expect(many.map((each) => each.answers.map(({ answer }) => answer >> 1))).toEqual(
      [1, 2, 3, 4, 5].map((n) => [n, n]),
    );
    await responders[0]?.close();
    await responders[0]?.close();
    expect((await here.ask(game, 1)).answers).toHaveLength(1);
    await there.close();
    expect(await here.ask(game, 1)).toEqual({ answers: [], failed: [], missing: [], complete: true });
    await here.close();
    await expect(here.ask(game, 1)).rejects.toMatchObject({ code: 'CLOSED' });
  });

  it('enough is enough, and whoever no longer wants to know need not wait', async () => {
    const [here, there] = [createRequests(await open(), double), createRequests(await open(), double)];
    const quick = await here.respond(game, (n) => n);
    const stuck = await there.respond(game, () => new Promise<number>(() => undefined));
    expect(await there.ask(game, 8, { enough: 1, deadlineMs: 60_000 })).toEqual({
      answers: [{ from: quick.id, answer: 8 }],
      failed: [],
      missing: [stuck.id],
      complete: false,
    });
    const over = new AbortController();
    const given = there.ask(game, 9, { signal: over.signal });
    over.abort(new Error('no longer'));
    await expect(given).rejects.toMatchObject({ code: 'ABORTED' });
    const closing = expect(there.ask(game, 9, { deadlineMs: 60_000 })).rejects.toMatchObject({
      code: 'CLOSED',
    });
    await until(context, 'it is asked', () => true);
    // One handler never ends, and so never does this: the end of the test may overtake it.
    there.close().catch(() => undefined);
    await closing;
  });

  it('a handler that throws, or answers what does not fit, has failed, and answers the next one', async () => {
    const requests = createRequests(await open(), double);
    const responder = await requests.respond(game, (n) => {
      if (n === 1) throw new Error('not today');
      return (n === 2 ? 'two' : n) as number;
    });
    const failed = { answers: [], failed: [responder.id], missing: [], complete: false };
    expect([await requests.ask(game, 1), await requests.ask(game, 2)]).toEqual([failed, failed]);
    expect((await requests.ask(game, 3)).answers).toEqual([{ from: responder.id, answer: 3 }]);
  });

  it('work is bounded: what is more than the concurrency waits', async () => {
    const requests = createRequests(await open(), double);
    let [now, most] = [0, 0];
    const gates: (() => void)[] = [];
    await requests.respond(
      game,
      async (n) => {
        most = Math.max(most, ++now);
        await new Promise<void>((resolve) => gates.push(resolve));
        now--;
        return n;
      },
      { concurrency: 2 },
    );
    const asked = Promise.all([1, 2, 3, 4, 5].map((n) => requests.ask(game, n, { deadlineMs: 60_000 })));
    for (let served = 0; served < 5; served++) {
      await until(context, 'somebody works', () => gates.length > 0);
      gates.shift()?.();
    }
    expect((await asked).map(({ answers }) => answers[0]?.answer)).toEqual([1, 2, 3, 4, 5]);
    expect(most).toBe(2);
  });

  it('who begins to respond while everything is closed is refused, and nothing of it stays', async () => {
    const pubsub = await open();
    const requests = createRequests(pubsub, double);
    const beginning = requests.respond(game, (n) => n);
    const refused = expect(beginning).rejects.toMatchObject({ code: 'CLOSED' });
    await requests.close();
    await refused;
    expect(pubsub.stats().flatMap(({ live }) => live)).toEqual([]);
    expect(await context.admin('EXISTS', `pk:ps1:responders:{game:${game.game}:double}`)).toBe(0);
  });

  it('who begins to respond while everything is closed is told so, whatever fault the end of it meets', async () => {
    const inner = await context.driver();
    let refused = 0;
    const pubsub = createPubSub({
      ...inner,
      async send(command, call) {
        if (command.args[0] !== 'ZREM') return inner.send(command, call);
        refused++;
        throw new ConnectionError('cut', { sent: 'no' });
      },
    });
    const requests = createRequests(pubsub, double);
    const told = expect(requests.respond(game, (n) => n)).rejects.toMatchObject({ code: 'CLOSED' });
    await requests.close();
    await told;
    expect([refused, pubsub.stats().flatMap(({ live }) => live)]).toEqual([1, []]);
    await pubsub.close();
  });

  it('a close that meets a fault, and one that comes before a question is asked, leave no inbox open', async () => {
    const inner = await context.driver();
    let [refuses, asked] = [true, 0];
    const faulty: Driver = {
      ...inner,
      async send(command, call) {
        if (command.args[0] === 'ZREM' && refuses) throw new ConnectionError('cut', { sent: 'no' });
        if (command.script?.name === 'pubsub/ask') asked++;
        return inner.send(command, call);
      },
    };
    const pubsub = createPubSub(faulty);
    const live = () => pubsub.stats().flatMap((each) => each.live);
    const requests = createRequests(pubsub, double);
    await requests.respond(game, (n) => n);
    expect((await requests.ask(game, 1)).answers).toHaveLength(1);
    await expect(requests.close()).rejects.toMatchObject({ code: 'CONNECTION' });
    expect(live()).toEqual([]);
    refuses = false;
    const other = createRequests(pubsub, double);
    const early = expect(other.ask(game, 1)).rejects.toMatchObject({ code: 'CLOSED', sent: 'no' });
    await other.close();
    await early;
    expect([asked, live()]).toEqual([1, []]);
    await pubsub.close();
  });

  it('sharded requests and answers stay in their slots', async () => {
    const [here, there] = [createRequests(await open(), sharded), createRequests(await open(), sharded)];
    const { id } = await here.respond(game, () => 'here');
    expect((await there.ask(game, null)).answers).toEqual([{ from: id, answer: 'here' }]);
  });

  it('trap 19: a subscriber without a lease is not waited for', async () => {
    const [pubsub, requests] = [await open(), createRequests(await open(), double)];
    await pubsub.channel(double.requests).subscribe(game, () => undefined);
    expect((await requests.ask(game, 1, { deadlineMs: 60_000 })).complete).toBe(true);
  });

  it('refuses bad input by name, before anything is sent', async () => {
    const requests = createRequests(await open(), double);
    const none = () => 1;
    for (const [run, rule] of [
      [() => requests.ask(game, 'x' as never), { code: 'SCHEMA' }],
      [() => requests.ask(game, 1, { deadlineMs: 0 }), /deadlineMs must be/],
      [() => requests.ask(game, 1, { enough: 0 }), /enough must be/],
      [() => requests.ask({} as never, 1), /parameter game/],
      [() => requests.respond(game, 1 as never), /handler must be/],
      [() => requests.respond(game, none, { concurrency: 0 }), /concurrency must be/],
      [() => requests.ask(game, 1, { signal: AbortSignal.abort() }), { code: 'ABORTED', sent: 'no' }],
    ] as const) {
      const refused = expect(run() as Promise<unknown>).rejects;
      await (rule instanceof RegExp ? refused.toThrow(rule) : refused.toMatchObject(rule));
    }
    expect(() => defineRequest('x:{y}', { lease: 1 })).toThrow(/lease/);
    expect(() => defineRequest('x:{y}', { request: { codec: {} as never } })).toThrow(
      /request.codec must be/,
    );
    expect(() => defineRequest('x:{y}', { answer: { schema: {} as never } })).toThrow(
      /answer.schema must be/,
    );
  });

  const timed = 'only a clock that is moved by hand is sure to be in time';

  context.where(context.column.memory, timed)(
    'who has not answered by the deadline is named, beside the answers of the others',
    async () => {
      const [here, there] = [createRequests(await open(), double), createRequests(await open(), double)];
      const quick = await here.respond(game, (n) => n);
      const stuck = await there.respond(game, () => new Promise<number>(() => undefined));
      let over = false;
      const asked = there.ask(game, 7, { deadlineMs: 1000 }).finally(() => {
        over = true;
      });
      await until(context, 'the deadline', () => over);
      expect(await asked).toEqual({
        answers: [{ from: quick.id, answer: 7 }],
        failed: [],
        missing: [stuck.id],
        complete: false,
      });
    },
  );

  context.where(context.column.memory, timed)(
    'trap 19: who died is expected for its lease and not a moment longer, whatever the server counts',
    async () => {
      const [here, dead] = [createRequests(await open(), short), await context.driver()];
      const { id } = await createRequests(createPubSub(dead), short).respond(game, () => 'alive');
      expect((await here.ask(game, null)).answers).toEqual([{ from: id, answer: 'alive' }]);
      // As by SIGKILL: its connections are gone, nothing was said.
      await dead.close();
      let over = false;
      const asked = here.ask(game, null, { deadlineMs: 50 }).finally(() => {
        over = true;
      });
      await until(context, 'the deadline', () => over);
      expect(await asked).toEqual({ answers: [], failed: [], missing: [id], complete: false });
      await context.advance(100);
      expect(await here.ask(game, null)).toEqual({ answers: [], failed: [], missing: [], complete: true });
    },
  );

  context.where(context.column.memory, 'leases take seconds')(
    'a responder that lives is renewed by one batch for all; closing leaves neither key nor timer',
    async () => {
      const armed = (): number => (context.clock as unknown as { armed: number }).armed;
      const pubsub = await open();
      const requests = createRequests(pubsub, double);
      for (let i = 0; i < 3; i++) await requests.respond({ game: `${game.game}-${i}` }, (n) => n);
      await context.advance(95_000);
      expect((await requests.ask({ game: `${game.game}-2` }, 5)).answers).toHaveLength(1);
      const before = armed();
      await requests.close();
      // That of the leases, and the probe's, as nothing is listened to any more.
      expect(armed()).toBe(before - 2);
      expect(await context.admin('KEYS', '*responders*')).toEqual([]);
      await pubsub.close();
    },
  );
}
