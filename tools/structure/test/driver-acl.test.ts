import { expect, it } from 'vitest';
import { driverAcl } from '../rules/driver-acl.mjs';
import { findingsOf, manifest } from './planted-workspace.js';

const path = 'packages/driver-some/README.md';
const always = 'On every server. ACL: `+client|id +command|docs`.';
const feeds = '- for feeds: `+subscribe +unsubscribe +psubscribe +punsubscribe +ssubscribe +sunsubscribe`';
const tracking = '- for tracking: `+client|tracking` and the channel `&__some__:news`';
const whole = [always, feeds, tracking, '- on a cluster: `+asking`'];

const planted = (lines: readonly string[], title = 'ACL'): string[] =>
  findingsOf(driverAcl, {
    'packages/driver-some/package.json': manifest('driver-some'),
    [path]: `## ${title}\n\n${lines.join('\n')}\n`,
    'packages/driver-some/src/index.ts': "export { open } from './open.js';\n",
    'packages/driver-some/src/open.ts': "export const ask = { args: ['ASKING'] };\n",
    'packages/core/src/driver-kit.ts': "export { createDriver } from './kit/create-driver.js';\n",
    'packages/core/src/kit/create-driver.ts':
      "import { docs } from '../traits.js';\nconst id = { args: ['CLIENT', 'ID'] };\n",
    'packages/core/src/kit/not-reached.ts': "const all = { args: ['FLUSHALL'] };\n",
    'packages/core/src/traits.ts': [
      "import { listen } from './listen.js';",
      "// args: ['SHUTDOWN']",
      "export const docs = { args: ['COMMAND', 'DOCS', 'SET'] };",
      "export const script = { args: ['EVAL', lua] };",
    ].join('\n'),
    'packages/core/src/listen.ts': [
      "listener.subscribe('channel', '__some__:news');",
      'lane.send({',
      '  args: [',
      "    ...(['CLIENT', 'TRACKING', 'ON', id] as const),",
      '  ],',
      '});',
    ].join('\n'),
  });

it('accepts what grants all that the kit and the driver send, and what the client sends besides', () => {
  expect(planted(whole)).toEqual([]);
  expect(planted([...whole, '- with a name: `+client|setname`'])).toEqual([]);
  expect(planted(whole.map((line) => line.replace('client|id', 'client')))).toEqual([]);
});

it.each([
  ['a second word of the kit', '+command|docs', '+COMMAND|DOCS'],
  ['another second word than granted', '+client|id', '+CLIENT|ID'],
  ['a command over several lines', '+client|tracking', '+CLIENT|TRACKING'],
  ['a channel', '&__some__:news', '&__some__:news'],
  ['a subscription', '+psubscribe', '+PSUBSCRIBE'],
  ['a command of the driver itself', '+asking', '+ASKING'],
])('refuses a section without %s', (_what, gone, missing) => {
  const lines = whole.map((line) => line.replace(gone, `${gone[0]}other`));
  expect(planted(lines)).toEqual([`${path}:3 the section '## ACL' does not grant ${missing}, which is sent`]);
});

it('does not take what is said of a right for the right', () => {
  const lines = whole.map((line) => line.replace(' +command|docs', ''));
  expect(planted([...lines, '- `+command|docs` is for the traits'])).toEqual([
    `${path}:3 the section '## ACL' does not grant +COMMAND|DOCS, which is sent`,
  ]);
});

it('does not take what sentinels must allow for what servers must', () => {
  const lines = whole.filter((line) => line !== feeds);
  expect(planted([...lines, feeds.replace('for feeds', 'on the sentinels themselves')])).toHaveLength(6);
});

it('refuses whole categories and all channels', () => {
  expect(planted([...whole, '- or simply: `+@all &*`'])).toEqual([
    `${path}:7 the section '## ACL' grants '+@all': name the commands and channels`,
    `${path}:7 the section '## ACL' grants '&*': name the commands and channels`,
  ]);
});

it('refuses a README without the section, or without its line', () => {
  const message = `${path}:1 no line of a section '## ACL' grants what every server needs: \`… ACL: \`+command …\`\``;
  expect(planted(whole, 'Rights')).toEqual([message]);
  expect(planted(whole.slice(1))).toEqual([message]);
});
