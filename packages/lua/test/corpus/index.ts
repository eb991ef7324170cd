import { cases as base } from './base.js';
import type { CorpusCase } from './case.js';
import { cases as cjson } from './cjson.js';
import { cases as cmsgpack } from './cmsgpack.js';
import { cases as language } from './language.js';
import { cases as message } from './message.js';
import { cases as number } from './number.js';
import { cases as pattern } from './pattern.js';
import { cases as redis } from './redis.js';
import { cases as string } from './string.js';
import { cases as stringFormat } from './string-format.js';
import { cases as structAndBit } from './struct-and-bit.js';
import { cases as syntax } from './syntax.js';
import { cases as tableLibrary } from './table-library.js';

export type { CorpusCase };

/** All recorded scripts by topic; a topic's cases run in order on one engine. */
export const corpus: Readonly<Record<string, readonly CorpusCase[]>> = {
  base: base,
  cjson: cjson,
  cmsgpack: cmsgpack,
  language: language,
  message: message,
  number: number,
  pattern: pattern,
  redis: redis,
  string: string,
  'string-format': stringFormat,
  'struct-and-bit': structAndBit,
  syntax: syntax,
  'table-library': tableLibrary,
};
