import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { families } from '../families/index.js';
import { programsOf } from '../support/family.js';
import type { Words } from '../support/program.js';
import { exact, keysOfItsOwn, ruleFor } from '../support/rules.js';
import { runs, seed } from '../support/run-property.js';
import { haveReference } from '../support/sides.js';
import { type Door, openEngineDoor, openReferenceDoor } from './doors.js';
import { dataOfScripts, shapedScripts } from './shaped-scripts.js';
import { framesOf, onWire, Wire } from './wire.js';

/**
 * What a fresh connection is told for these bytes, and whether it is closed then. Otherwise it is asked for an echo, unless the
 * bytes have no end: with the echo's line break in the same read the server would see a whole line.
 */
async function answerTo(port: number, bytes: string): Promise<{ text: string; closed: boolean }> {
  const wire = await Wire.open(port);
  try {
    wire.write(bytes);
    if (bytes.length < longestLine) wire.write(onWire(['ECHO', 'the end']));
    return await wire.take((text) => text.endsWith('the end\r\n'));
  } finally {
    wire.close();
  }
}

const longestLine = 64 * 1024;

const requests: Readonly<Record<string, string>> = {
  'an inline command': 'PING\r\n',
  'a line that ends in a newline only': 'ECHO hello\n',
  'blank lines': '\r\n\r\n  \r\nPING\r\n',
  'quotes and escapes': `${String.raw`ECHO "a \x41\n\"b\"" `}\r\n${String.raw`ECHO 'it\'s'`}\r\n`,
  'unbalanced quotes': 'ECHO "abc\r\n',
  'a quote that ends within a word': 'ECHO "a"b\r\n',
  'an empty array': '*0\r\nPING\r\n',
  'a negative array': '*-5\r\nPING\r\n',
  'an array of nonsense': '*abc\r\n',
  'an array with a plus': '*+1\r\n$4\r\nPING\r\n',
  'an array with a leading zero': '*01\r\n$4\r\nPING\r\n',
  'an array longer than can be': '*2147483648\r\n',
  'something else than a bulk': '*1\r\n:5\r\n',
  'a bulk of negative length': '*1\r\n$-1\r\n',
  'a bulk of nonsense': '*1\r\n$x\r\n',
  'a bulk longer than can be': '*2\r\n$3\r\nGET\r\n$536870913\r\n',
  'an empty bulk as a name': '*1\r\n$0\r\n\r\n',
  'a binary argument': '*2\r\n$4\r\nECHO\r\n$5\r\n\x00\r\n\xff*\r\n',
  'a name in odd letters': '*1\r\n$4\r\npInG\r\n',
  'a count that never ends': `*${'1'.repeat(longestLine)}`,
  'an inline command that never ends': 'a'.repeat(longestLine + 1),
  'a browser': 'POST / HTTP/1.1\r\nHost: x\r\n\r\n',
  quit: 'QUIT\r\nPING\r\n',
  'replies that are skipped': 'CLIENT REPLY SKIP\r\nPING\r\nECHO heard\r\n',
  'replies that are off': 'CLIENT REPLY OFF\r\nPING\r\nCLIENT REPLY ON\r\nECHO heard\r\n',
  'a transaction': 'MULTI\r\nSET a 1\r\nINCR a\r\nGET nothing\r\nEXEC\r\nDISCARD\r\n',
  'RESP3 nulls': 'HELLO 4\r\nGET nothing\r\nBLPOP nothing 0.01\r\nEXEC\r\n',
};

/** Sends commands at once and gives the frames of their replies. */
async function converse(wire: Wire, all: readonly Words[]): Promise<string[]> {
  wire.write(all.map(onWire).join(''));
  const { text } = await wire.take((got) => framesOf(got).length >= all.length);
  return framesOf(text);
}

describe.skipIf(!haveReference)('the door speaks as Redis 7.0, byte for byte', () => {
  let reference: Door;
  let engine: Door;
  beforeAll(async () => {
    [reference, engine] = await Promise.all([openReferenceDoor(), openEngineDoor()]);
  });
  afterAll(async () => {
    await Promise.all([reference.close(), engine.close()]);
  });

  it.each(Object.entries(requests))('%s', async (_name, bytes) => {
    const expected = await answerTo(reference.port, bytes);
    expect(await answerTo(engine.port, bytes)).toEqual(expected);
    expect(expected.text !== '' || expected.closed).toBe(true);
  });

  it('a command in pieces of one byte', async () => {
    const bytes = `${onWire(['SET', 'pieces', 'of\r\none'])}${onWire(['GET', 'pieces'])}PING\r\n`;
    const wire = await Wire.open(engine.port);
    for (const byte of bytes) wire.write(byte);
    const { text } = await wire.take((got) => got.endsWith('+PONG\r\n'));
    wire.close();
    expect(text).toBe('+OK\r\n$7\r\nof\r\none\r\n+PONG\r\n');
  });

  describe.each([2, 3] as const)('RESP%i', (protocol) => {
    const counted = { value: 0 };
    it.each(families)('$name', async (family) => {
      const wires = await Promise.all([reference, engine].map(({ port }) => Wire.open(port)));
      try {
        await Promise.all(wires.map((wire) => converse(wire, [['HELLO', String(protocol)]])));
        await fc.assert(
          fc.asyncProperty(programsOf(family, 30), async (program) => {
            const calls = program.flatMap((step) => (step.do === 'send' ? [step.words] : []));
            const all: Words[] = [['ZADD', 'k', '1', 'm'], ['FLUSHALL'], ...calls];
            const [expected, given] = await Promise.all(wires.map((wire) => converse(wire, all)));
            all.forEach((words, i) => {
              // What differs by chance or order differs here too; the two may hold different sets then.
              if (
                ruleFor(words) !== exact ||
                all.slice(0, i).some((earlier) => keysOfItsOwn(earlier).length > 0)
              )
                return;
              counted.value++;
              expect(given?.[i], JSON.stringify(words)).toBe(expected?.[i]);
            });
          }),
          { seed, numRuns: runs(12) },
        );
      } finally {
        for (const wire of wires) wire.close();
      }
      expect(counted.value).toBeGreaterThan(50);
    });

    /** What scripts answer, after data for them to look at. */
    const scriptReplies = async (port: number, all: readonly string[]): Promise<string[]> => {
      const wire = await Wire.open(port);
      try {
        await converse(wire, [['HELLO', String(protocol)]]);
        const calls = all.map((script): Words => ['EVAL', script, '0']);
        return (await converse(wire, [...dataOfScripts, ...calls])).slice(dataOfScripts.length);
      } finally {
        wire.close();
      }
    };

    it('scripts that choose RESP3, and those that answer in its kinds', async () => {
      const [expected, given] = await Promise.all(
        [reference, engine].map(({ port }) => scriptReplies(port, shapedScripts)),
      );
      expect(given).toEqual(expected);
    });

    it('planted bug: an engine deaf to redis.setresp is found', async () => {
      const deaf = shapedScripts.map((script) => script.replace('redis.setresp(3)', ''));
      const [expected, given] = await Promise.all([
        scriptReplies(reference.port, shapedScripts),
        scriptReplies(engine.port, deaf),
      ]);
      expect(given).not.toEqual(expected);
    });
  });
});
