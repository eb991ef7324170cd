// Writes the README's support table: which clients, topologies and servers passed how many cases of the driver contract.
// `node tools/checks/support-table.mjs <vitest's JSON report of a full run>`. A run with a failed case, or with columns that ran
// only a selection, or whose files could not all be read, writes nothing and fails.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from './commands.mjs';

/**
 * @typedef {object} JsonReport the part of vitest's JSON report that is read
 * @property {{ name: string, status: string, assertionResults: { ancestorTitles: string[], title: string, status: string }[] }[]} testResults
 */
/**
 * @typedef {object} ColumnResult what became of the contract in one column
 * @property {string} client
 * @property {string} place topology, way and server: what follows the client in the column's name
 * @property {number} passed
 * @property {number} failed
 * @property {string[]} skipped titles, each with its reason
 * @property {boolean} selection
 */

const CONTRACT = 'driver contract: ';
/** The contract's look at its own list of skips is no case of it. */
const NO_CASE = /^skips: /;
const SELECTION = ' (a selection)';
const MARKS = /** @type {const} */ (['<!-- support -->', '<!-- /support -->']);
/** The engine in the process: alone, as a cluster, and as other servers than 7.0. */
const MEMORY = /^memory\b/;

/** Client majors as users know them; a client that is not here is shown by its name. */
const CLIENTS = new Map([
  ['node-redis', 'node-redis 6'],
  ['ioredis', 'ioredis 6'],
  ['node-redis 5', 'node-redis 5'],
  ['ioredis 5', 'ioredis 5'],
]);

/** @param {JsonReport} report @returns {ColumnResult[]} in the order they ran, which is another in each run */
export function columnResults({ testResults }) {
  /** @type {Map<string, ColumnResult>} */
  const columns = new Map();
  /** A column may run in several files: its cases count once. */
  const counted = new Set();
  for (const { ancestorTitles, title, status } of testResults.flatMap((file) => file.assertionResults)) {
    const [outer = '', inner] = ancestorTitles;
    if (!inner?.startsWith(CONTRACT) || NO_CASE.test(title)) continue;
    const name = inner.slice(CONTRACT.length);
    if (counted.has(`${name} ${title} ${status}`)) continue;
    counted.add(`${name} ${title} ${status}`);
    const column = columns.get(name) ?? emptyColumn(name, outer.endsWith(SELECTION));
    columns.set(name, column);
    if (status === 'passed') column.passed += 1;
    else if (status === 'failed') column.failed += 1;
    else column.skipped.push(title);
  }
  return [...columns.values()];
}

/** @param {string} name @param {boolean} selection @returns {ColumnResult} */
function emptyColumn(name, selection) {
  const [client = '', ...place] = name.split(', ');
  return { client, place: place.join(', '), passed: 0, failed: 0, skipped: [], selection };
}

/**
 * Why these results are no table, or null.
 * @param {readonly ColumnResult[]} columns
 */
export function refusal(columns) {
  const name = (/** @type {ColumnResult} */ { client, place }) => `${client}, ${place}`;
  if (columns.length === 0) return 'no column of the driver contract ran';
  const failed = columns.filter((column) => column.failed > 0);
  if (failed.length > 0) return `cases failed: ${failed.map(name).join('; ')}`;
  const part = columns.filter(({ selection }) => selection);
  if (part.length > 0) return `only a selection ran: ${part.map(name).join('; ')}`;
  const empty = columns.filter(({ passed }) => passed === 0);
  return empty.length > 0 ? `nothing ran: ${empty.map(name).join('; ')}` : null;
}

/**
 * What never ran because its file could not be read, or null: its columns would be missing without a word.
 * @param {JsonReport} report
 */
export function unread({ testResults }) {
  const files = testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0,
  );
  return files.length > 0 ? `could not be read: ${files.map(({ name }) => name).join('; ')}` : null;
}

/** @param {readonly ColumnResult[]} columns */
export function supportTable(columns) {
  const onServers = columns.filter(({ client }) => !MEMORY.test(client));
  const clients = [...CLIENTS.keys(), ...onServers.map(({ client }) => client)].filter(
    (client, index, all) => all.indexOf(client) === index && onServers.some((each) => each.client === client),
  );
  const places = [...new Set(onServers.map(({ place }) => place))].sort(byTopology);
  const row = (/** @type {readonly string[]} */ cells) => `| ${cells.join(' | ')} |`;
  const cell = (/** @type {string} */ client, /** @type {string} */ place) =>
    count(onServers.find((each) => each.client === client && each.place === place));
  return [
    row(['cases of the driver contract', ...clients.map((client) => CLIENTS.get(client) ?? client)]),
    row(['---', ...clients.map(() => '---')]),
    ...places.map((place) => row([placeName(place), ...clients.map((client) => cell(client, place))])),
    '',
    ...inProcess(columns.filter(({ client }) => MEMORY.test(client))),
    ...skipLines(columns),
  ]
    .join('\n')
    .trimEnd();
}

/** The line of the engine in the process. @param {readonly ColumnResult[]} columns */
function inProcess(columns) {
  if (columns.length === 0) return [];
  const parts = columns.map((column) => ({
    as: column.client.replace(MEMORY, '').trim(),
    text: count(column),
  }));
  const sorted = parts.sort((a, b) => a.as.localeCompare(b.as, 'en'));
  return [
    `The memory driver: ${sorted.map(({ as, text }) => `${as || 'one server'} ${text}`).join('; ')}.`,
    '',
  ];
}

/** @param {ColumnResult | undefined} column */
function count(column) {
  if (column === undefined) return '–';
  const { passed, skipped } = column;
  return skipped.length === 0 ? `${passed}` : `${passed} of ${passed + skipped.length}`;
}

/** One line a skipped case, whose title tells the reason. @param {readonly ColumnResult[]} columns */
function skipLines(columns) {
  const titles = new Set(columns.flatMap(({ skipped }) => skipped));
  if (titles.size === 0) return [];
  const lines = [...titles].sort().map((title) => {
    const [, name = title, reason = 'no reason given'] = /^(.*) \(skipped: (.*)\)$/s.exec(title) ?? [];
    return `- “${name}”: ${reason}.`;
  });
  return ['What is left out, and why:', '', ...lines];
}

const TOPOLOGIES = ['single', 'cluster', 'sentinel'];

/** Plain ones first, then by topology, then by name. @param {string} a @param {string} b */
function byTopology(a, b) {
  const plain = (/** @type {string} */ place) => (place.includes(', ') ? 1 : 0);
  const topology = (/** @type {string} */ place) => TOPOLOGIES.indexOf(place.split(', ')[0] ?? '');
  return plain(a) - plain(b) || topology(a) - topology(b) || a.localeCompare(b, 'en');
}

/** @param {string} place */
function placeName(place) {
  const [topology = '', ...rest] = place.split(', ');
  const named = rest.map((part) =>
    part.replace(/^(redis|valkey)-/, (_, product) => (product === 'redis' ? 'Redis ' : 'Valkey ')),
  );
  return [topology === 'single' ? 'one server' : topology, ...named].join(', ');
}

/** A document with the text between the marks replaced; throws when it does not have them. @param {string} document @param {string} table */
export function withTable(document, table) {
  const [begin, end] = MARKS.map((mark) => document.indexOf(mark));
  if (begin === undefined || end === undefined || begin < 0 || end < begin)
    throw new Error(`the document has no ${MARKS.join(' … ')}`);
  return `${document.slice(0, begin + MARKS[0].length)}\n\n${table}\n\n${document.slice(end)}`;
}

function main() {
  /** @type {JsonReport} */
  const report = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8'));
  const columns = columnResults(report);
  const reason = unread(report) ?? refusal(columns);
  if (reason !== null) {
    console.log(`the support table is left as it is: ${reason}`);
    process.exitCode = 1;
    return;
  }
  const readme = join(root, 'README.md');
  const before = readFileSync(readme, 'utf8');
  const after = withTable(before, supportTable(columns));
  if (after !== before) writeFileSync(readme, after);
  console.log(`${columns.length} columns; ${after === before ? 'the README says so already' : 'written'}`);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) main();
