import type { AdminArgs, Column, World } from '../column.js';

/** What came of a user's rights: what it asked for and was refused, and what it may do and never did. */
export interface RightsReport {
  /** Commands, keys and channels, by the server's ACL LOG. */
  readonly refused: readonly string[];
  /** Commands, by the server's statistics. */
  readonly unused: readonly string[];
}

/** A column, and what was seen in it once it is closed. */
export interface RightsColumn {
  readonly column: Column;
  report(): RightsReport;
}

const credentials = { username: 'just-enough', password: 'secret' } as const;

/** Ending a subscription belongs to having one: it is sent when another listener of the process keeps the connection. */
const endings: Readonly<Record<string, string>> = {
  unsubscribe: 'subscribe',
  punsubscribe: 'psubscribe',
  sunsubscribe: 'ssubscribe',
};

/**
 * A single-server column whose drivers connect as a user with these ACL rules and no others: those of what is under test, and
 * those of the driver, which may be left unused. Its test administration keeps all rights and is not counted. Suites that start
 * worker processes do not fit.
 */
export function underRights(
  inner: Column,
  rules: readonly string[],
  rulesOfDriver: readonly string[],
): RightsColumn {
  const refused = new Set<string>();
  const used = new Set<string>();
  let granted: readonly string[] = [];

  async function open(): Promise<World> {
    const world = await inner.open();
    const administered = new Map<string, number>();
    const fitting = await rulesKnownTo(world, rules);
    const ofTheDriver = await rulesKnownTo(world, rulesOfDriver);
    granted = fitting.flatMap((rule) => (rule.startsWith('+') ? [rule.slice(1)] : []));

    const makeUser = async (): Promise<void> => {
      const { username, password } = credentials;
      const rights = ['resetkeys', 'resetchannels', '-@all', ...ofTheDriver, ...fitting];
      await world.admin('ACL', 'SETUSER', username, 'reset', 'on', `>${password}`, ...rights);
    };
    /** What the server remembers until it ends. */
    const look = async (): Promise<void> => {
      const entries = (await world.admin('ACL', 'LOG', 128)) as string[][];
      for (const entry of entries) {
        const [reason, object, user] = ['reason', 'object', 'username'].map(
          (name) => entry[entry.indexOf(name) + 1],
        );
        if (user === credentials.username && reason !== 'auth') refused.add(`${reason} ${object}`);
      }
      for (const [name, calls] of await callsOf(world))
        if (calls > (administered.get(name) ?? 0)) used.add(name);
      administered.clear();
    };
    await makeUser();

    const { faults } = world;
    return {
      ...world,
      driver: (options) => world.driver({ credentials, ...options }),
      admin(...args: AdminArgs) {
        for (const name of namesOf(args)) administered.set(name, (administered.get(name) ?? 0) + 1);
        return world.admin(...args);
      },
      faults: {
        ...faults,
        async kill(key) {
          await look();
          await faults.kill?.(key);
        },
        async restart(key) {
          await faults.restart?.(key);
          await makeUser();
        },
      },
      async reset() {
        await world.reset();
        await makeUser();
      },
      async close() {
        await look();
        await world.close();
      },
    };
  }

  return {
    column: { ...inner, name: `${inner.name}, with its README's rights`, open },
    report: () => ({
      refused: [...refused].sort(),
      unused: granted
        .filter((name) => !used.has(name) && !used.has(endings[name] ?? ''))
        .filter((name) => ![...used].some((sub) => sub.startsWith(`${name}|`)))
        .sort(),
    }),
  };
}

async function callsOf(world: World): Promise<readonly (readonly [string, number])[]> {
  const text = String(await world.admin('INFO', 'commandstats'));
  return [...text.matchAll(/^cmdstat_([^:]+):calls=(\d+)/gm)].map(
    ([, name = '', calls]) => [name, Number(calls)] as const,
  );
}

/** A server refuses the whole of a user that is granted a command it does not have. */
async function rulesKnownTo(world: World, rules: readonly string[]): Promise<readonly string[]> {
  const commands = rules.filter((rule) => rule.startsWith('+')).map((rule) => rule.slice(1));
  const told = (await world.admin('COMMAND', 'INFO', ...commands)) as readonly unknown[];
  const unknown = new Set(commands.filter((_, i) => told[i] === null).map((name) => `+${name}`));
  return rules.filter((rule) => !unknown.has(rule));
}

/** The names under which a command may be counted. */
function namesOf([name, sub]: AdminArgs): readonly string[] {
  const command = name.toLowerCase();
  return [command, `${command}|${String(sub).toLowerCase()}`];
}
