import { expect, it } from 'vitest';
import { blankSource, lineAt } from '../blank-source.mjs';
import { readImports } from '../imports.mjs';

const importsOf = (text: string): string[] =>
  readImports(blankSource(text)).map(
    ({ specifier, line, typeOnly }) => `${line} ${specifier}${typeOnly ? ' (types)' : ''}`,
  );

it('reads every form of import', () => {
  const text = [
    "import a, { type B } from 'one';",
    "import type { C } from 'two';",
    "import { type D, type E } from 'three';",
    'import {\n  f,\n} from "four/deep";',
    "import 'five';",
    "export { g } from 'six';",
    "export type { H } from 'seven';",
    "const i = await import('eight');",
    "import lua from './x.lua';",
  ].join('\n');
  expect(importsOf(text)).toEqual([
    '1 one',
    '2 two (types)',
    '3 three (types)',
    '4 four/deep',
    '7 five',
    '8 six',
    '9 seven (types)',
    '10 eight',
    '11 ./x.lua',
  ]);
});

it('sees no import in comments, and none in prose that follows an export', () => {
  expect(importsOf("/* import 'a' */ // import 'b'\n")).toEqual([]);
  expect(importsOf("export const a = 1;\nconst from = 'b';\n")).toEqual([]);
  expect(importsOf('const a = "import b from \'c\';";')).toEqual([]);
});

it('blanks comments, strings, templates and regular expressions, and keeps positions', () => {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the planted source has the template
  const text = "a('x') // b\n`t${ c(`u${d}`) }v` /* e\n*/ + f / 2 / g; h(/i[/]'/g, 'j\\'k');\n";
  const { code, bare } = blankSource(text);
  expect(bare).toHaveLength(text.length);
  expect(code).toHaveLength(text.length);
  // biome-ignore lint/suspicious/noTemplateCurlyInString: as above
  expect(bare.replace(/\s+/g, '')).toBe("a('')`${c(`${d}`)}`+f/2/g;h(,'');");
  expect(code).toContain("'x'");
  expect(lineAt(text, text.indexOf(' + f'))).toBe(3);
});
