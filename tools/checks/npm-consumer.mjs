// A user's project: an empty folder where plain npm installs our tarballs, without the workspace around it. The TypeScript
// blocks of a README are type-checked there and run; where they name the usual local server, they get a private one.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { run } from './captured-run.mjs';
import { binary, root } from './commands.mjs';
import { findSnippets } from './snippets.mjs';
import { catalogVersion } from './workspace-versions.mjs';

/**
 * @typedef {object} Consumer
 * @property {string} name
 * @property {readonly string[]} packages what the user asks for
 * @property {readonly string[]} needs siblings that come with them
 * @property {readonly string[]} clients the Redis clients the user already has
 * @property {string} readme whose examples are taken, as far as they import only what is installed here
 */

const RATELIMIT = 'packages/ratelimit/README.md';

/** @type {readonly Consumer[]} */
export const consumers = [
  {
    name: 'ratelimit on memory',
    packages: ['@penknife/ratelimit', '@penknife/driver-memory'],
    needs: ['@penknife/core', '@penknife/lua'],
    clients: [],
    readme: RATELIMIT,
  },
  {
    name: 'ratelimit with ioredis',
    packages: ['@penknife/ratelimit', '@penknife/driver-ioredis'],
    needs: ['@penknife/core'],
    clients: ['ioredis'],
    readme: RATELIMIT,
  },
  {
    name: 'ratelimit with node-redis',
    packages: ['@penknife/ratelimit', '@penknife/driver-node-redis'],
    needs: ['@penknife/core'],
    clients: ['redis'],
    readme: 'README.md',
  },
  {
    // A package that carries the private machinery inside.
    name: 'cache on memory',
    packages: ['@penknife/cache', '@penknife/driver-memory'],
    needs: ['@penknife/core', '@penknife/lua'],
    clients: [],
    readme: 'packages/cache/README.md',
  },
];

/** The server that examples name. */
const USUAL_SERVER = 'redis://127.0.0.1:6379';

const EVERY_CLIENT = [
  'ioredis',
  'redis',
  '@redis/client',
  'iovalkey',
  'ioredis-mock',
  '@valkey/valkey-glide',
];
const COMES_WITH = /** @type {Record<string, readonly string[]>} */ ({ redis: ['@redis/client'] });

/**
 * @param {Consumer} consumer
 * @param {ReadonlyMap<string, string>} tarballs package name to file
 * @param {string} parent where the project's folder is made
 * @param {string} serverUrl of a private server
 * @returns {string[]} what went wrong
 */
export function consumerProblems(consumer, tarballs, parent, serverUrl) {
  const folder = join(parent, consumer.name.replaceAll(' ', '-'));
  mkdirSync(folder);
  writeFileSync(join(folder, 'package.json'), JSON.stringify(projectManifest(consumer, tarballs), null, 2));
  const install = run(
    ['npm', 'install', '--no-audit', '--no-fund', '--ignore-scripts', '--prefer-offline'],
    folder,
  );
  if (install.status !== 0) return [`npm install failed:\n${install.output}`];
  return projectProblems(consumer, folder, serverUrl);
}

/**
 * What is wrong in a project where everything is installed.
 * @param {Consumer} consumer
 * @param {string} folder the project's
 * @param {string} serverUrl of a private server
 */
export function projectProblems(consumer, folder, serverUrl) {
  return [
    ...installedProblems(consumer, folder),
    ...doorProblems(consumer, folder),
    ...exampleProblems(consumer, folder, serverUrl),
  ];
}

/** @param {Consumer} consumer @param {ReadonlyMap<string, string>} tarballs */
function projectManifest({ packages, needs, clients }, tarballs) {
  const file = (/** @type {string} */ name) => [name, `file:${tarballs.get(name)}`];
  return {
    name: 'consumer',
    private: true,
    type: 'module',
    dependencies: Object.fromEntries([
      ...packages.map(file),
      ...clients.map((name) => [name, catalogVersion(name) ?? '*']),
    ]),
    devDependencies: { '@types/node': catalogVersion('@types/node') ?? '*' },
    overrides: Object.fromEntries([...packages, ...needs].map(file)),
  };
}

/** Nothing is pulled in that the user did not ask for. @param {Consumer} consumer @param {string} folder */
function installedProblems({ packages, needs, clients }, folder) {
  const modules = join(folder, 'node_modules');
  const wanted = new Set([...clients, ...clients.flatMap((name) => COMES_WITH[name] ?? [])]);
  const strangers = EVERY_CLIENT.filter((name) => !wanted.has(name) && existsSync(join(modules, name)));
  const ours = readdirSync(join(modules, '@penknife')).map((name) => `@penknife/${name}`);
  const extra = ours.filter((name) => !packages.includes(name) && !needs.includes(name));
  return [...strangers, ...extra].map((name) => `${name} got installed, and nobody asked for it`);
}

/** Every package can be imported by what is installed. @param {Consumer} consumer @param {string} folder */
function doorProblems({ packages }, folder) {
  const code = packages.map(
    (name) => `if (Object.keys(await import('${name}')).length === 0) throw new Error('${name} is empty');`,
  );
  const { status, output } = run([process.execPath, '--input-type=module', '-e', code.join('\n')], folder);
  return status === 0 ? [] : [`a door does not open:\n${output}`];
}

/** @param {Consumer} consumer @param {string} folder @param {string} serverUrl */
function exampleProblems(consumer, folder, serverUrl) {
  const { snippets } = findSnippets(consumer.readme, readFileSync(resolve(root, consumer.readme), 'utf8'));
  const present = new Set([...consumer.packages, ...consumer.needs, ...consumer.clients]);
  const examples = snippets.filter(({ code }) => importsOf(code).every((name) => present.has(name)));
  if (examples.length === 0)
    return [`${consumer.readme} has no example that imports only ${[...present].join(', ')}`];
  for (const [index, { code }] of examples.entries())
    writeFileSync(
      join(folder, `example-${index}.ts`),
      `${code.replaceAll(USUAL_SERVER, serverUrl)}export {};\n`,
    );
  return [...typeProblems(consumer, folder), ...runProblems(examples, folder)];
}

/** Errors in the examples and in our declarations; other packages' declarations are theirs. @param {Consumer} consumer @param {string} folder */
function typeProblems({ clients }, folder) {
  const base = {
    module: 'nodenext',
    target: 'es2022',
    strict: true,
    skipLibCheck: false,
    outDir: 'out',
    rootDir: '.',
  };
  // Our own declarations ask for neither @types/node nor a newer library than the target's; the clients' do.
  const kinds =
    clients.length > 0 ? [{ types: ['node'] }] : [{ types: ['node'] }, { types: [], lib: ['es2022', 'dom'] }];
  return kinds.flatMap((kind) => {
    const config = { compilerOptions: { ...base, ...kind }, include: ['example-*.ts'] };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
    const { status, output } = run([...binary('tsc'), '--pretty', 'false'], folder);
    const errors = output
      .split('\n')
      .filter((line) => /^(?:example-|node_modules\/@penknife\/)\S*\(\d+,\d+\): error/.test(line));
    if (status !== 0 && errors.length === 0 && !/^node_modules\//m.test(output)) errors.push(output);
    return errors.map((line) => `types (${JSON.stringify(kind)}): ${line}`);
  });
}

/** @param {readonly import('./snippets.mjs').Snippet[]} examples @param {string} folder */
function runProblems(examples, folder) {
  return examples.flatMap(({ path, line }, index) => {
    const { status, output } = run([process.execPath, `out/example-${index}.js`], folder);
    return status === 0 ? [] : [`${path}:${line} ends with ${status}:\n${output}`];
  });
}

/** @param {string} code */
function importsOf(code) {
  return Array.from(
    code.matchAll(/\bfrom\s+'((?:@[^/']+\/)?[^/']+)[^']*'/g),
    (match) => match[1] ?? '',
  ).filter((name) => !name.startsWith('node:'));
}
