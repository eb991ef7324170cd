import { describe, expect, it } from 'vitest';
import {
  columnResults,
  type JsonReport,
  refusal,
  supportTable,
  unread,
  withTable,
} from '../support-table.mjs';

type Entry = JsonReport['testResults'][number]['assertionResults'][number];

/** The results of one column, as vitest's JSON report has them. */
function column(name: string, statuses: Record<string, string>, selection = false): Entry[] {
  return Object.entries(statuses).map(([title, status]) => ({
    ancestorTitles: [selection ? `${name} (a selection)` : name, `driver contract: ${name}`],
    title,
    status,
  }));
}

function results(...columns: Entry[][]): ReturnType<typeof columnResults> {
  const other = { ancestorTitles: ['locks [memory]'], title: 'another test', status: 'failed' };
  return columnResults({
    testResults: [{ name: 'a file', status: 'failed', assertionResults: [...columns.flat(), other] }],
  });
}

const skipped = 'replies: the largest (skipped: rounded by the client)';
const passing = { 'batch: one': 'passed', 'batch: two': 'passed' };

describe('the support table', () => {
  it('has a row for each place and a column for each client, and says what is left out', () => {
    const table = supportTable(
      results(
        column('memory cluster', passing),
        column('memory cluster', passing),
        column('memory', { ...passing, 'skips: every name in the list': 'passed' }),
        column('ioredis, single, valkey-8.1', passing),
        column('ioredis, single, TLS', passing),
        column('node-redis, single', { ...passing, [skipped]: 'skipped' }),
        column('ioredis, single', passing),
        column('ioredis, sentinel', passing),
        column('ioredis 5, cluster', passing),
      ),
    );
    expect(table).toBe(
      [
        '| cases of the driver contract | node-redis 6 | ioredis 6 | ioredis 5 |',
        '| --- | --- | --- | --- |',
        '| one server | 2 of 3 | 2 | – |',
        '| cluster | – | – | 2 |',
        '| sentinel | – | 2 | – |',
        '| one server, TLS | – | 2 | – |',
        '| one server, Valkey 8.1 | – | 2 | – |',
        '',
        'The memory driver: one server 2; cluster 2.',
        '',
        'What is left out, and why:',
        '',
        '- “replies: the largest”: rounded by the client.',
      ].join('\n'),
    );
  });

  it('is refused for a run that failed, was a selection, skipped everything, or had no contract', () => {
    expect(refusal(results(column('ioredis, single', passing)))).toBe(null);
    expect(refusal(results(column('ioredis, single', { ...passing, x: 'failed' })))).toMatch(/cases failed/);
    expect(refusal(results(column('ioredis, single', passing, true)))).toMatch(/selection.*ioredis, single/);
    expect(refusal(results(column('ioredis, single', { x: 'skipped' })))).toMatch(/nothing ran/);
    expect(refusal(results())).toMatch(/no column/);
  });

  it('is refused where a file could not be read: its columns would be missing without a word', () => {
    const file = (name: string, status: string, ...assertionResults: Entry[]) => ({
      name,
      status,
      assertionResults,
    });
    const [ran] = column('memory', passing);
    if (ran === undefined) throw new Error('no case');
    expect(unread({ testResults: [file('a', 'passed', ran), file('b', 'passed')] })).toBe(null);
    expect(unread({ testResults: [file('a', 'failed', ran), file('b', 'failed')] })).toBe(
      'could not be read: b',
    );
  });

  it('replaces what stands between the marks, again and again', () => {
    const document = 'a\n<!-- support -->\nold\n<!-- /support -->\nb\n';
    const once = withTable(document, '| t |');
    expect(once).toBe('a\n<!-- support -->\n\n| t |\n\n<!-- /support -->\nb\n');
    expect(withTable(once, '| t |')).toBe(once);
    expect(() => withTable('none', '| t |')).toThrow('<!-- support -->');
    expect(() => withTable('<!-- /support --> <!-- support -->', '| t |')).toThrow('<!-- support -->');
  });
});
