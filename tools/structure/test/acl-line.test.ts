import { expect, it } from 'vitest';
import { aclLine } from '../rules/acl-line.mjs';
import { findingsOf, manifest } from './planted-workspace.js';

const path = 'packages/locks/README.md';
const planted = (acl: string): string[] =>
  findingsOf(aclLine, {
    'packages/locks/package.json': manifest('locks'),
    [path]: `## Keys\n\nCommands: some. ACL: ${acl}\n`,
    'packages/locks/src/index.ts': "export { take } from './take.js';\n",
    'packages/locks/src/take.ts':
      "export const take = defineScript({ name: 'locks/take' });\nexport const size = { args: ['STRLEN', key] };\n// args: ['FLUSHALL']\nconst word = wide ? 'EXISTS' : 'GETRANGE';\n",
    'packages/locks/src/scripts/take.lua':
      "-- redis.call('KEYS')\nredis.call('SET', KEYS[1], redis.pcall(\"get\", KEYS[1]))\n",
  });

const whole = '+eval +evalsha +set +get +strlen';

it.each([
  ['all of it', `\`~pk:lock1:* ${whole} +exists\`.`, []],
  ['in several pieces', `\`~pk:lock1:* ${whole}\`; for wide ones also \`+getrange\`, and \`options\`.`, []],
  [
    'one missing, in a script',
    `\`~pk:lock1:* ${whole.replace(' +set', '')}\``,
    ['does not grant SET, which is sent'],
  ],
  [
    'one missing, in a builder',
    `\`${whole.replace(' +strlen', '')}\``,
    ['does not grant STRLEN, which is sent'],
  ],
  ['one too many', `\`${whole} +keys\``, ['grants KEYS, which nothing sends']],
  ['one of a comment', `\`${whole} +flushall\``, ['grants FLUSHALL, which nothing sends']],
  [
    'subscriptions where there is no feed',
    `\`${whole} +subscribe\``,
    ['grants SUBSCRIBE, which nothing sends'],
  ],
])('an ACL line with %s', (_what, acl, messages) => {
  expect(planted(acl)).toEqual(messages.map((message) => `${path}:3 the ACL line ${message}`));
});

it('refuses whole categories, all keys, all channels, and no line at all', () => {
  expect(
    planted(`\`~* &* +@all ${whole}\``).filter((text) => text.includes('name the commands')),
  ).toHaveLength(3);
  expect(
    findingsOf(aclLine, {
      'packages/locks/package.json': manifest('locks'),
      'packages/locks/src/index.ts': 'export const one = 1;\n',
    }),
  ).toEqual([`${path}:1 no line grants what the package sends: \`… ACL: \`~keys +command …\`\``]);
});
