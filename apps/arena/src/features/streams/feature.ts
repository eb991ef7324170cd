import { createStreams } from '@penknife/streams';
import type { Feature } from '../../feature.js';
import { idempotencyKeyOf, idempotentHeaders } from '../../idempotency.js';
import { liftCurse } from './curse.js';
import { fulfilmentState, group, startFulfilment } from './fulfilment.js';
import { type Order, orderKinds, orders } from './orders.js';
import script from './panel.browser.js?raw';
import html from './panel.html?raw';

const closingMs = 2000;
const orderBody = {
  type: 'object',
  required: ['kind'],
  properties: { kind: { type: 'string', enum: orderKinds } },
} as const;

/** Orders that all instances fulfil together; cursed ones end as dead letters, and come back when replayed. */
export const streamsFeature: Feature = {
  name: 'streams',
  title: 'Orders',
  html,
  script,
  register({ app, driver, instance }) {
    const streams = createStreams(driver);
    const log = streams.open(orders);
    const onEvent: Parameters<typeof startFulfilment>[0]['onEvent'] = (event) => {
      if (event.type === 'error') app.log.error(event.error);
    };
    const consumer = startFulfilment({ driver, log, instance, onEvent });

    app.get('/api/streams', async () => {
      await consumer.ready;
      return fulfilmentState(driver, log);
    });
    app.post<{ Body: Order }>(
      '/api/streams/orders',
      { schema: { body: orderBody, headers: idempotentHeaders } },
      async (request, reply) => {
        const { kind } = request.body;
        const appended = await log.append({ data: { kind }, id: idempotencyKeyOf(request) });
        return reply.code(201).send(appended);
      },
    );
    app.post('/api/streams/replay', { schema: { headers: idempotentHeaders } }, async () => {
      for await (const newest of log.range({ direction: 'backward', limit: 1 })) {
        await liftCurse(driver, newest.id);
      }
      return { replayed: await log.deadLetters(group).replay() };
    });
    return () => streams.close({ deadlineMs: closingMs });
  },
};
