import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { overMatrix } from '@penknife/matrix';
import { expect, it } from 'vitest';
import { ProcessChannel } from '../src/index.js';
import { eventually } from './stage.js';

function listener() {
  const words: string[] = [];
  const gaps: string[] = [];
  return {
    words,
    gaps,
    message: (text: string) => void words.push(text),
    gap: (reason: string) => void gaps.push(reason),
  };
}

overMatrix('process channel', ({ driver, advance, admin, faults, column, where }) => {
  it('is live once open resolved: words arrive, and a gap is told for who waited before', async () => {
    const own = await driver();
    const heard = listener();
    let named = 0;
    const channel = new ProcessChannel(own, () => `wake:${++named}`, heard);
    expect([channel.live, named]).toEqual([undefined, 0]);
    await Promise.all([channel.open(), channel.open()]);
    expect([channel.live, heard.gaps]).toEqual(['wake:1', ['the channel was opened']]);
    await own.send({ args: ['PUBLISH', 'wake:1', 'a'], key: 'wake:1', read: () => undefined });
    await eventually(advance, 'the word arrives', () => heard.words.length > 0);
    await channel.open();
    expect([heard.words, heard.gaps.length]).toEqual([['a'], 1]);
    await channel.close();
  });

  it('tells a gap after a cut', async () => {
    const heard = listener();
    const channel = new ProcessChannel(await driver(), () => 'wake:cut', heard);
    await channel.open();
    await faults.cutConnections?.();
    await eventually(advance, 'the gap is told', () => heard.gaps.length === 2);
    await channel.close();
  });

  it('closed, it tells nothing and leaves no subscription, not even one that was on its way', async () => {
    const own = await driver();
    const heard = listener();
    const [open, coming] = ['wake:open', 'wake:coming'].map(
      (name) => new ProcessChannel(own, () => name, heard),
    );
    await open?.open();
    const opening = coming?.open();
    await Promise.all([open?.close(), coming?.close(), opening]);
    expect([heard.gaps.length, open?.live, coming?.live]).toEqual([1, undefined, undefined]);
    for (const name of ['wake:open', 'wake:coming']) {
      await eventually(advance, 'nobody is subscribed', async () => {
        const [, subscribers] = (await admin('PUBSUB', 'NUMSUB', name)) as [string, number];
        return Number(subscribers) === 0;
      });
    }
    await open?.open();
    expect(open?.live).toBeUndefined();
  });

  where(column.memory, 'half a minute has to pass')(
    'refused, it is done without and reported once, and comes when the rights are there',
    async () => {
      await admin('ACL', 'SETUSER', 'mute', 'on', '>secret', '~*', '+@all', 'resetchannels');
      const own = await driver({ credentials: { username: 'mute', password: 'secret' } });
      const reported: unknown[] = [];
      const onError = (message: unknown): void => void reported.push(message);
      subscribe('penknife:listener.error', onError);
      try {
        const heard = listener();
        const channel = new ProcessChannel(own, () => 'wake:mute', heard);
        await channel.open();
        await channel.open();
        expect([channel.live, reported.length]).toEqual([undefined, 1]);
        await admin('ACL', 'SETUSER', 'mute', 'allchannels');
        await channel.open();
        expect(channel.live).toBeUndefined();
        await advance(30_000);
        await channel.open();
        expect([channel.live, heard.gaps.length]).toEqual(['wake:mute', 1]);
        await channel.close();
      } finally {
        unsubscribe('penknife:listener.error', onError);
      }
    },
  );
});
