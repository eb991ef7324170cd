import { firstActs } from '../mock/first-acts.js';

/** What became of one case of the driver contract. */
export interface MockOutcome {
  readonly name: string;
  readonly failure?: string;
}

/** Failures of one kind: by the words of the error, whatever numbers, keys and values stand in it. */
function kindOf(failure: string): string {
  const [line = ''] = failure.split('\n');
  if (/unknown command/i.test(line)) return line.slice(line.search(/unknown command/i)).replaceAll('`', "'");
  if (/^this driver|fault|cannot show/i.test(line))
    return 'a fault that nothing can show: there is no server';
  if (/^it hangs|deadline|did not|in time|patience|came to pass/i.test(line))
    return 'what has to happen never does';
  return 'another answer than the contract demands';
}

/** Why no pattern's suites run there: what becomes of the first thing each is used for. */
const patterns: readonly string[] = [
  '## Patterns',
  '',
  'Each was tried with the first thing it is used for (`tools/matrix/test/mock/first-acts.test.ts`, in every run); a suite whose first act fails cannot run.',
  '',
  '| pattern | to … | on the mock |',
  '| --- | --- | --- |',
  ...firstActs.map(({ pattern, what, says }) => `| ${pattern} | ${what} | ${says} |`),
  '| pubsub | hear a message | nothing arrives: see the cases of feeds below |',
  '',
];

/** The document: what passes, and what is lacking and why, in words that do not change from run to run. */
export function lackedList(outcomes: readonly MockOutcome[]): string {
  const kinds = new Map<string, string[]>();
  for (const { name, failure } of outcomes) {
    if (failure === undefined) continue;
    const kind = kindOf(failure);
    kinds.set(kind, [...(kinds.get(kind) ?? []), name]);
  }
  const passed = outcomes.filter(({ failure }) => failure === undefined).length;
  const sections = [...kinds]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([kind, names]) => [`## ${kind}`, '', ...names.map((name) => `- ${name}`), ''].join('\n'));
  return [
    '# What ioredis-mock lacks',
    '',
    'Written by a run of the driver contract on ioredis-mock 8.13.1 with ioredis 5.11.1 (`PENKNIFE_WRITE=1 PENKNIFE_TIER=full npx vitest run tools/matrix/test/contract/ioredis-mock.test.ts`), and checked by every full run; do not edit.',
    'The mock has no raw `call` and no connection, so an adapter of the test tree hands each command to the method of its name.',
    '',
    `${passed} of ${outcomes.length} cases pass. No pattern of Penknife is supported on it: use \`@penknife/driver-memory\`, which is held to all of them.`,
    '',
    ...patterns,
    ...sections,
  ].join('\n');
}
