import type { MatrixContext } from '@penknife/matrix';
import { beforeEach, expect, it } from 'vitest';
import { createPubSub, defineChannel } from '../src/index.js';
import { createEventStream, type EventStreamRequest } from '../src/sse.js';
import { until } from './hearing.js';

const log = defineChannel('room:{room}:log', { delivery: 'log', history: { size: 5 } });
const fire = defineChannel('room:{room}:fire');

const asking = (headers: Record<string, string> = {}): EventStreamRequest => ({
  headers: new Headers(headers),
});

/** What a browser does: reads the body on and on, and keeps the events. */
function reading(response: Response) {
  const events: { id?: string; event?: string; data: string }[] = [];
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  let text = '';
  let comments = 0;
  let lastId = '';
  const decoder = new TextDecoder();
  const ended = (async () => {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      text += decoder.decode(value, { stream: true });
      for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
        const lines = text.slice(0, end).split('\n');
        text = text.slice(end + 2);
        if (lines[0]?.startsWith(':')) comments++;
        const fields = lines
          .map((line) => line.split(/: (.*)/s))
          .filter(([name]) => name !== '' && name !== ':');
        const data = fields.filter(([name]) => name === 'data').map(([, part]) => part);
        const of = (name: string) => fields.find(([found]) => found === name)?.[1];
        const id = of('id');
        const event = of('event');
        if (id !== undefined) lastId = id;
        if (event !== undefined)
          events.push({ data: data.join('\n'), event, ...(id !== undefined && { id }) });
      }
    }
  })();
  return {
    events,
    ended,
    data: () => events.map(({ data }) => data),
    lastId: () => lastId,
    comments: () => comments,
    cancel: () => reader.cancel(),
  };
}

/** Server-sent events, on whatever the context runs on. */
export function sseSuite(context: MatrixContext): void {
  let room = { room: '' };
  let rooms = 0;
  beforeEach(() => {
    room = { room: `e${++rooms}` };
  });
  const open = async () => createPubSub(await context.driver());

  it('messages come as events with their position, once the answer is there', async () => {
    const pubsub = await open();
    const response = await createEventStream(pubsub, log, { retry: '2s' }).respond(asking(), room);
    expect([response.status, response.headers.get('content-type')]).toEqual([
      200,
      'text/event-stream; charset=utf-8',
    ]);
    const client = reading(response);
    await until(context, 'it begins', () => client.lastId() !== '');
    // Before the first message, and since when: see `nowhereAt`.
    expect(client.lastId()).toMatch(/^none:\d{13}$/);
    const { position } = await pubsub.channel(log).publish(room, { text: 'two\nlines' });
    await until(context, 'it arrives', () => client.events.length > 0);
    expect(client.events).toEqual([
      { id: `${position.epoch}:1`, event: 'message', data: '{"text":"two\\nlines"}' },
    ]);
    await client.cancel();
    await until(context, 'nobody listens', () => pubsub.channel(log).stats().live.length === 0);
  });

  it('a client that comes back with its last id reads on from there, and hears what is gone for good', async () => {
    const pubsub = await open();
    const stream = createEventStream(pubsub, log, { encode: String });
    const first = reading(await stream.respond(asking(), room));
    for (const i of [1, 2]) await pubsub.channel(log).publish(room, i);
    await until(context, 'both', () => first.events.length === 2);
    await first.cancel();
    for (const i of [3, 4]) await pubsub.channel(log).publish(room, i);
    const lastId = first.events[1]?.id as string;
    const second = reading(await stream.respond(asking({ 'Last-Event-ID': lastId }), room));
    await until(context, 'both and the gap', () => second.events.length === 3);
    expect(second.data().slice(0, 2)).toEqual(['3', '4']);
    expect(JSON.parse(second.data()[2] as string)).toMatchObject({
      recovered: true,
      missed: 2,
      reason: 'resume',
    });
    await second.cancel();
    for (const i of [5, 6, 7, 8, 9, 10]) await pubsub.channel(log).publish(room, i);
    const late = reading(await stream.respond({ headers: { 'last-event-id': lastId } }, room));
    await until(context, 'the rest', () => late.data().at(-1) === '10');
    const [gap] = late.events;
    expect([gap?.event, JSON.parse(gap?.data as string)]).toMatchObject([
      'gap',
      { recovered: false, missed: 3, unrecovered: 'truncated' },
    ]);
    expect(late.data().slice(1)).toEqual(['6', '7', '8', '9', '10']);
    await late.cancel();
  });

  it('a message that cannot be written is a gap with its id, and what follows arrives, also for who comes back', async () => {
    const pubsub = await open();
    const encode = (message: unknown): string => {
      if (message === 'bad') throw new Error('no such message');
      return String(message);
    };
    const stream = createEventStream(pubsub, log, { encode, from: 'oldest' });
    for (const message of [1, 'bad', 3]) await pubsub.channel(log).publish(room, message);
    const client = reading(await stream.respond(asking(), room));
    await until(context, 'all three', () => client.events.length >= 3);
    expect(client.events.map(({ event }) => event).slice(0, 3)).toEqual(['message', 'gap', 'message']);
    expect(JSON.parse(client.events[1]?.data as string)).toMatchObject({ recovered: false, missed: 1 });
    const again = reading(
      await stream.respond(asking({ 'Last-Event-ID': client.events[1]?.id as string }), room),
    );
    await until(context, 'the third', () => again.events.length > 0);
    expect(again.data()[0]).toBe('3');
    await Promise.all([client.cancel(), again.cancel()]);
  });

  it('an id that is none of ours counts as none; the oldest is where a newcomer may begin', async () => {
    const pubsub = await open();
    for (const i of [1, 2]) await pubsub.channel(log).publish(room, i);
    const oldest = createEventStream(pubsub, log, { from: 'oldest', encode: String });
    for (const id of ['42', 'a:b', '', 'x'.repeat(500)]) {
      const client = reading(await oldest.respond(asking({ 'last-event-id': id }), room));
      await until(context, 'both', () => client.events.length === 2);
      expect(client.data()).toEqual(['1', '2']);
      await client.cancel();
    }
    const plain = reading(
      await createEventStream(pubsub, fire).respond(asking({ 'last-event-id': 'a:1' }), room),
    );
    await pubsub.channel(fire).publish(room, 'now');
    await until(context, 'it arrives', () => plain.events.length === 1);
    expect(plain.events).toEqual([{ event: 'message', data: '"now"' }]);
    await plain.cancel();
  });

  it('a client that does not read is let go, and loses nothing when it comes back', async () => {
    const pubsub = await open();
    const stream = createEventStream(pubsub, log, { queueLimit: 2, encode: String });
    const response = await stream.respond(asking(), room);
    for (const i of [1, 2, 3, 4, 5]) await pubsub.channel(log).publish(room, i);
    await until(context, 'it is let go', () => pubsub.channel(log).stats().live.length === 0);
    const client = reading(response);
    await client.ended;
    // As a browser would: the id it was given last, be it with the first bytes.
    expect(client.data()).toEqual(['1', '2', '3', '4', '5'].slice(0, client.events.length));
    const again = reading(await stream.respond(asking({ 'last-event-id': client.lastId() }), room));
    await until(context, 'the rest', () => again.data().includes('5'));
    const messages = again.events.filter(({ event }) => event === 'message').map(({ data }) => data);
    expect([...client.data(), ...messages]).toEqual(['1', '2', '3', '4', '5']);
    await again.cancel();
  });

  it('HEAD gets the headers and no subscription, which nobody would end', async () => {
    const pubsub = await open();
    const stream = createEventStream(pubsub, log);
    const response = await stream.respond({ ...asking(), method: 'HEAD' }, room);
    expect([response.status, response.headers.get('content-type'), response.body]).toEqual([
      200,
      'text/event-stream; charset=utf-8',
      null,
    ]);
    expect(pubsub.channel(log).stats().live).toEqual([]);
    await expect(stream.respond({ ...asking(), method: 'HEAD' }, { room: '' })).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
    });
  });

  it('it ends with the signal of its request, and with the pub/sub', async () => {
    const pubsub = await open();
    const stream = createEventStream(pubsub, fire);
    const gone = new AbortController();
    const client = reading(await stream.respond({ headers: {}, signal: gone.signal }, room));
    gone.abort();
    await client.ended;
    expect(pubsub.channel(fire).stats().live).toEqual([]);
    await pubsub.close();
    await expect(stream.respond(asking(), room)).rejects.toMatchObject({ code: 'CLOSED' });
    expect(() => createEventStream(pubsub, log, { from: 'x' as never })).toThrow(/from must be/);
    expect(() => createEventStream(pubsub, log, { heartbeat: 1 })).toThrow(/heartbeat/);
  });

  context.where(context.column.memory, 'heartbeats take seconds')(
    'a quiet stream is kept open by comments, which end with it',
    async () => {
      const pubsub = await open();
      const client = reading(await createEventStream(pubsub, fire).respond(asking(), room));
      await context.advance(46_000);
      expect([client.comments(), client.events]).toEqual([4, []]);
      await client.cancel();
      await context.advance(60_000);
      expect(client.comments()).toBe(4);
      await pubsub.close();
    },
  );
}
