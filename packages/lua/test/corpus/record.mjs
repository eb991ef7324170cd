// Records what a real server answers to the scripts in source/*.txt, one script a line, a line break written as \N.
// Usage: node record.mjs <port of a private, empty redis-server 7.0>
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';

const port = Number(process.argv[2]);
const folder = new URL('.', import.meta.url);

/** Reads one reply from the front of a text; undefined while it is incomplete. */
function readReply(text, start = 0) {
  const end = text.indexOf('\r\n', start);
  if (end < 0) return undefined;
  const line = text.slice(start + 1, end);
  const next = end + 2;
  switch (text[start]) {
    case '+':
      return { value: { ok: line }, next };
    case '-':
      return { value: { err: line }, next };
    case ':':
      return { value: Number.isSafeInteger(Number(line)) ? Number(line) : BigInt(line), next };
    case '$': {
      if (line === '-1') return { value: null, next };
      const close = next + Number(line);
      return text.length < close + 2 ? undefined : { value: text.slice(next, close), next: close + 2 };
    }
    default: {
      if (line === '-1') return { value: null, next };
      const items = [];
      let at = next;
      for (let index = 0; index < Number(line); index++) {
        const item = readReply(text, at);
        if (item === undefined) return undefined;
        items.push(item.value);
        at = item.next;
      }
      return { value: items, next: at };
    }
  }
}

function ask(args) {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    let text = '';
    socket.setEncoding('latin1');
    socket.on('error', reject);
    socket.on('close', () => reject(new Error(`connection closed by ${args[1]}`)));
    socket.on('data', (part) => {
      text += part;
      const reply = readReply(text);
      if (reply === undefined) return;
      socket.removeAllListeners('close');
      socket.destroy();
      resolve(reply.value);
    });
    const words = args.map((word) => `$${word.length}\r\n${word}\r\n`);
    socket.write(Buffer.from(`*${args.length}\r\n${words.join('')}`, 'latin1'));
  });
}

function literal(value) {
  if (typeof value === 'bigint') return `${value}n`;
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`;
  if (value !== null && typeof value === 'object') {
    const [[name, text]] = Object.entries(value);
    return `{ ${name}: ${literal(text)} }`;
  }
  return JSON.stringify(value).replace(/[\x7f-\xff]/g, (char) => `\\u00${char.charCodeAt(0).toString(16)}`);
}

for (const file of readdirSync(new URL('source/', folder)).sort()) {
  const scripts = readFileSync(new URL(`source/${file}`, folder), 'latin1')
    .split('\n')
    .filter(Boolean);
  const lines = [
    '// biome-ignore-all format: one case a line',
    '// Written by record.mjs from a real Redis 7.0.15; do not edit.',
    "import type { CorpusCase } from './case.js';",
    '',
    `/** Scripts of source/${file} and the replies of a real server, run in this order. */`,
    'export const cases: readonly CorpusCase[] = [',
  ];
  for (const line of scripts) {
    const script = line.replaceAll('\\N', '\n');
    const expected = await ask(['EVAL', script, '1', 'k', 'a']);
    lines.push(`  { script: ${literal(script)}, keys: ['k'], argv: ['a'], expected: ${literal(expected)} },`);
  }
  writeFileSync(new URL(file.replace('.txt', '.ts'), folder), `${lines.join('\n')}\n];\n`);
}
