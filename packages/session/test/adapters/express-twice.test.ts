import { setImmediate as turn } from 'node:timers/promises';
import type { Driver } from '@penknife/core';
import { createMemoryRedis } from '@penknife/driver-memory';
import express, { type Response as ExpressResponse } from 'express';
import { expect, it } from 'vitest';
import { createExpressSessions } from '../../src/express.js';
import { Jar } from '../browser.js';
import { shopSessions } from '../sample.js';
import { serve } from './http-site.js';

const coded = (error: unknown): unknown => (error as { code?: unknown }).code;

/** Handlers that answer twice, in every way in which that happens. */
const twice: Readonly<Record<string, (response: ExpressResponse, told: (what: unknown) => void) => void>> = {
  'send; send': (response) => {
    response.send('first');
    response.send('again');
  },
  'redirect; json': (response) => {
    response.redirect('/elsewhere');
    response.status(500).json({});
  },
  'send; throw': (response) => {
    response.send('first');
    throw new Error('after the answer');
  },
  'send; head': (response, told) => {
    response.send('first');
    told(response.headersSent);
    for (const act of [
      () => response.writeHead(500),
      () => response.setHeader('x-late', '1'),
      () => response.appendHeader('x-late', '1'),
      () => response.removeHeader('content-type'),
    ]) {
      try {
        told(act());
      } catch (error) {
        told(coded(error));
      }
    }
  },
  'end; end': (response, told) => {
    response.end('first');
    response.end(() => told('finished'));
    response.flushHeaders();
  },
};

/** A server that answers only when the process has done all that it had to do about the request. */
function lateDriver(): Driver {
  const driver = createMemoryRedis().driver();
  return {
    ...driver,
    async send(command, call) {
      for (let turns = 0; turns < 5; turns++) await turn();
      return driver.send(command, call);
    },
  };
}

async function site(mounted: boolean) {
  const sessions = shopSessions(lateDriver());
  const { middleware, sessionOf } = createExpressSessions(sessions);
  const app = express();
  app.set('env', 'test');
  if (mounted) app.use(middleware);
  const told: unknown[] = [];
  app.get('/twice/:how', (request, response) => {
    if (mounted) sessionOf(request).set('count', 1);
    twice[request.params.how]?.(response, (what) => told.push(what));
  });
  app.get('/late', (request, response) => {
    if (mounted) sessionOf(request).set('count', 1);
    response.end('first');
    response.end('again', () => told.push('called'));
    told.push(response.write('again', (error) => told.push(coded(error))));
  });
  app.use(((error, _request, response, next) => {
    told.push(response.headersSent);
    if (response.headersSent) next(error);
    else response.status(500).json({ failed: true });
  }) satisfies express.ErrorRequestHandler);
  return { told, ...(await serve(app)) };
}

it.each(Object.keys(twice))('Express: %s: the first answer, as without sessions', async (how) => {
  const seen: unknown[] = [];
  for (const mounted of [false, true]) {
    const { ask, close, told } = await site(mounted);
    const jar = new Jar();
    const answer = await ask(`/twice/${encodeURIComponent(how)}`, jar);
    const { status, headers } = answer;
    seen.push([status, headers.get('location'), headers.get('x-late'), await answer.text(), told]);
    expect(jar.received).toHaveLength(mounted ? 1 : 0);
    await close();
  }
  expect(seen[1]).toEqual(seen[0]);
});

it('Express: what is written after the end of an answer is dropped, and whoever wrote it is told', async () => {
  const { ask, close, told } = await site(true);
  expect(await (await ask('/late')).text()).toBe('first');
  expect(told).toEqual([false, 'called', 'ERR_STREAM_WRITE_AFTER_END']);
  await close();
});

it('Express: an answer twice whose save fails gets the answer to that', async () => {
  const sessions = shopSessions(lateDriver(), { maxFields: 1 });
  const { middleware, sessionOf } = createExpressSessions(sessions);
  const app = express();
  app.set('env', 'test');
  app.use(middleware);
  app.get('/', async (request, response) => {
    const session = sessionOf(request);
    await session.login('ann');
    session.set('count', 1);
    await session.save();
    session.set('theme', 'dark', { onlyIfUnchanged: true });
    response.send('first');
    response.send('again');
  });
  const { ask, close } = await serve(app);
  const answer = await ask('/');
  expect([answer.status, (await answer.text()).includes('first')]).toEqual([413, false]);
  await close();
});
