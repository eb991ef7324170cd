import type { Feed, FeedKind } from '@penknife/core';
import fc from 'fast-check';
import type { Outcome } from './outcome.js';
import type { Words } from './program.js';
import { ask, type Side } from './side.js';

/** What a listener and a publisher do, one after another. */
export type ListeningAct =
  | { readonly do: 'subscribe' | 'unsubscribe'; readonly kind: FeedKind; readonly name: string }
  | { readonly do: 'publish'; readonly words: Words };

const name = fc.constantFrom('a', 'b', 'ab', 'é');
const pattern = fc.constantFrom('*', 'a*', '?', '[ab]', 'a?', '\\*');
const payload = fc.constantFrom('', 'm', 'a\0b', '\xff\xfe', 'long'.repeat(100));

const subscription = fc.oneof(
  fc.record({ kind: fc.constant<FeedKind>('channel'), name }),
  fc.record({ kind: fc.constant<FeedKind>('pattern'), name: pattern }),
  fc.record({ kind: fc.constant<FeedKind>('shard'), name }),
);

const question = fc.constantFrom<Words>(
  ['PUBSUB', 'NUMPAT'],
  ['PUBSUB', 'NUMSUB', 'a', 'b'],
  ['PUBSUB', 'SHARDNUMSUB', 'a'],
);

/** Random acts of one listener and one publisher. */
export const listeningActs: fc.Arbitrary<readonly ListeningAct[]> = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: subscription.map((what): ListeningAct => ({ do: 'subscribe', ...what })) },
    { weight: 1, arbitrary: subscription.map((what): ListeningAct => ({ do: 'unsubscribe', ...what })) },
    {
      weight: 5,
      arbitrary: fc
        .tuple(fc.constantFrom('PUBLISH', 'SPUBLISH'), name, payload)
        .map(([command, channel, text]): ListeningAct => {
          const bytes = Buffer.from(channel, 'utf8').toString('latin1');
          return { do: 'publish', words: [command, bytes, text] };
        }),
    },
    { weight: 1, arbitrary: question.map((words): ListeningAct => ({ do: 'publish', words })) },
  ),
  { minLength: 1, maxLength: 15, size: 'max' },
);

const lastChannel = 'the end';

async function perform(feed: Feed, act: ListeningAct, side: Side): Promise<Outcome> {
  if (act.do === 'publish') return ask(side.lanes[0], act.words);
  await feed[act.do](act.kind, act.name);
  return null;
}

/**
 * What the publisher was answered, and what the listener heard, in order for each subscription (Redis promises none
 * among those that one message meets). `deafTo` plants a bug.
 */
export async function listen(
  side: Side,
  acts: readonly ListeningAct[],
  deafTo?: string,
): Promise<readonly Outcome[]> {
  const heard = new Map<string, Outcome[]>();
  let end: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  const feed = await side.driver.openFeed({
    message(kind, channel, bytes, by) {
      if (channel === lastChannel) return by === undefined ? end() : undefined;
      const text = Buffer.from(bytes).toString('latin1');
      if (text === deafTo) return;
      const subscription = `${kind} ${by ?? channel}`;
      heard.set(subscription, [...(heard.get(subscription) ?? []), [channel, text]]);
    },
    gap: () => undefined,
    invalidated: () => undefined,
  });
  try {
    await feed.subscribe('channel', lastChannel);
    const told: Outcome[] = [];
    for (const act of acts) told.push(await perform(feed, act, side));
    await ask(side.lanes[0], ['PUBLISH', lastChannel, '']);
    await ended;
    return [...told, ...[...heard].sort(([left], [right]) => (left < right ? -1 : 1))];
  } finally {
    await feed.close();
  }
}
