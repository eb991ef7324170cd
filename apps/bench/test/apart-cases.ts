import { withClient } from '@penknife/redis-servers';
import type { ApartCase, OpenContestant } from '../src/case.js';

/** The list in which every contestant notes what it does, in the order in which the server heard of it. */
export const diary = 'diary';

/** The list in which every process notes its id. */
export const processIds = 'process-ids';

async function noteProcess(port: number): Promise<void> {
  await withClient(port, (client) => client.command('RPUSH', processIds, String(process.pid)));
}

/** A contestant that notes its operations and its end; `act` comes with each operation. */
function noting(name: string, act: (turn: number) => void = () => undefined): OpenContestant {
  return async ({ port }) => {
    const note = (word: string): Promise<unknown> =>
      withClient(port, (client) => client.command('RPUSH', diary, word));
    await noteProcess(port);
    let runs = 0;
    return {
      name,
      guarantees: 'notes',
      async run(turn) {
        act(turn);
        runs++;
        await note(name);
      },
      facts: () => `${process.pid} ${runs}`,
      close: async () => void (await note(`${name} closed`)),
    };
  };
}

/** One whose rounds are prepared, so that each is one operation. */
const prepared: OpenContestant = async (server) => {
  let ready = 0;
  return {
    ...(await noting('b', () => {
      if (ready-- !== 1) throw new Error('a round that was not prepared');
    })(server)),
    async prepareRound() {
      ready++;
    },
  };
};

const about = { question: 'Who is it?', inFlight: [1] };

/** Cases of two, whose second is the one that matters. */
export const apartCases: Readonly<Record<'sound' | 'failing' | 'dying' | 'closed', ApartCase>> = {
  sound: { ...about, name: 'apart/sound', apart: [noting('a'), prepared] },
  failing: {
    ...about,
    name: 'apart/failing',
    apart: [
      noting('a'),
      noting('b', () => {
        throw new RangeError('no more');
      }),
    ],
  },
  dying: { ...about, name: 'apart/dying', apart: [noting('a'), noting('b', () => process.exit(3))] },
  closed: {
    ...about,
    name: 'apart/closed',
    apart: [
      noting('a'),
      async ({ port }) => {
        await noteProcess(port);
        throw new RangeError('no door');
      },
    ],
  },
};
