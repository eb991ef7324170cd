import fc from 'fast-check';

const { constantFrom } = fc;

/** Mostly the first, now and then the second. */
function mostly(usual: fc.Arbitrary<string>, odd: fc.Arbitrary<string>, weight = 9): fc.Arbitrary<string> {
  return fc.oneof({ weight, arbitrary: usual }, { weight: 1, arbitrary: odd });
}

const oddNumber = constantFrom(
  ...[
    '',
    ' 1',
    '1 ',
    '+1',
    '-0',
    '01',
    '0x10',
    '1e3',
    'x',
    '1.0',
    '9223372036854775807',
    '9223372036854775808',
  ],
  ...[
    '-9223372036854775808',
    '-9223372036854775809',
    '4294967296',
    '2147483648',
    '1\0',
    'nan',
    'inf',
    '99999999999999999999',
  ],
);

const small = fc.integer({ min: -6, max: 12 }).map(String);
const integer = mostly(small, oddNumber);
/** Counts that are counted on: near 2^63 the server's own count overflows, which C leaves undefined. */
const reads = mostly(
  small,
  oddNumber.filter((word) => !(Math.abs(Number(word)) > 2 ** 52)),
);
const natural = mostly(fc.integer({ min: 0, max: 12 }).map(String), integer);

const float = mostly(
  fc.oneof(
    small,
    constantFrom(
      '0.1',
      '-0.1',
      '1.5',
      '3.0',
      '1e2',
      '2.5e-3',
      '0.30000000000000004',
      '1e17',
      '123456789.123456789',
    ),
    fc.integer({ min: -999_999, max: 999_999 }).map((number) => String(number / 1000)),
  ),
  constantFrom(
    'inf',
    '-inf',
    '+inf',
    'nan',
    '',
    ' 1',
    '1e400',
    '1e-400',
    '-0',
    '0x1p3',
    '.5',
    '5.',
    'x',
    '1e308',
    'infinity',
  ),
  12,
);

const text = mostly(
  fc.oneof(
    constantFrom('a', 'b', 'c', 'foo', 'bar', 'Hello', '10', '-3', '0', '3.5', 'a\0b', '\xff\xfe', 'é', '\n'),
    fc.string({ unit: 'binary-ascii', maxLength: 5 }),
  ),
  fc.oneof(
    constantFrom('', ' '),
    fc.integer({ min: 40, max: 70 }).map((length) => 'L'.repeat(length)),
  ),
);

/** Few, so that they meet: members, fields, elements. */
const member = mostly(
  constantFrom('a', 'b', 'c', 'd', '1', '2'),
  fc.oneof(constantFrom('e', 'aa', 'ab', 'b1', '3', '-4', '10'), text),
  5,
);

const score = mostly(
  fc.oneof(fc.integer({ min: -2, max: 4 }).map(String), float),
  constantFrom('(1', 'x', ''),
  20,
);

const streamId = mostly(
  fc
    .tuple(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 0, max: 4 }))
    .map(([ms, sequence]) => `${ms}-${sequence}`),
  fc.oneof(
    fc.integer({ min: 0, max: 9 }).map(String),
    constantFrom('0-0', '-', '+', '', '1-', '-1', '1-x', 'x', '18446744073709551615-18446744073709551615'),
    constantFrom('18446744073709551615', '18446744073709551616-0', '9223372036854775808-1', '1-2-3', '$'),
  ),
);

/** The kinds of words that the forms of commands name; each gives byte strings. */
export const words: Readonly<Record<string, fc.Arbitrary<string>>> = {
  key: mostly(constantFrom('k1', 'k1', 'k2', 'k3'), constantFrom('k4', '', 'k\xff'), 25),
  value: text,
  member,
  field: member,
  integer,
  reads,
  natural,
  count: mostly(constantFrom('1', '2', '3', '10'), integer),
  /** Counts that are refused, or that choose nothing at random. */
  oddcount: constantFrom(
    '0',
    '',
    'x',
    '-9223372036854775809',
    '9223372036854775807',
    '-9223372036854775808',
    '1.5',
  ),
  numkeys: mostly(constantFrom('1', '2'), integer, 14),
  float,
  score,
  weight: mostly(constantFrom('1', '2', '-1', '0', '0.5'), float),
  bound: mostly(
    fc.oneof(
      score,
      score.map((limit) => `(${limit}`),
      constantFrom('-inf', '+inf'),
    ),
    constantFrom('(', 'x', '((1', '', 'nan'),
    20,
  ),
  lex: mostly(
    fc.oneof(
      member.map((name) => `[${name}`),
      member.map((name) => `(${name}`),
      constantFrom('-', '+'),
    ),
    constantFrom('', '[', '(', 'a', '+x', '-inf'),
    14,
  ),
  id: streamId,
  newid: mostly(
    fc.oneof(
      fc
        .tuple(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 0, max: 3 }))
        .map(([ms, sequence]) => `${ms}-${sequence}`),
      fc.integer({ min: 1, max: 40 }).map((ms) => `${ms}-*`),
    ),
    streamId,
  ),
  group: mostly(constantFrom('g1', 'g2'), constantFrom('g3', '')),
  consumer: constantFrom('c1', 'c2', 'c3'),
  /** Long enough never to run out under a test, or an error. */
  seconds: mostly(
    constantFrom('100', '1000', '50000'),
    constantFrom('0', '-1', 'x', '', '9223372036854775807', '1.5'),
    6,
  ),
  millis: mostly(constantFrom('100000', '1000000'), constantFrom('0', '-1', 'x', '9223372036854775807'), 6),
  /** Hardly ever the same twice: with GT and LT a millisecond between two commands would tell equal ones apart. */
  anyseconds: fc.noBias(fc.integer({ min: 2000, max: 90_000_000 })).map(String),
  /** Points in time: long past, or in 2096. */
  at: mostly(
    constantFrom('4000000000', '3990000000'),
    constantFrom('1', '0', '-1', 'x', '9223372036854775807'),
    3,
  ),
  atmillis: mostly(constantFrom('4000000000000', '3990000000000'), constantFrom('1', '0', '-1', 'x'), 3),
  bit: mostly(constantFrom('0', '1'), constantFrom('2', 'x', '-1')),
  offset: mostly(
    fc.integer({ min: 0, max: 70 }).map(String),
    constantFrom('-1', '4294967296', 'x', '', '#1', '600'),
  ),
  bitoffset: mostly(
    fc.oneof(
      fc.integer({ min: 0, max: 40 }).map(String),
      fc.integer({ min: 0, max: 4 }).map((unit) => `#${unit}`),
    ),
    constantFrom('-1', 'x', '#', '4294967296'),
    14,
  ),
  bittype: mostly(
    constantFrom('u1', 'u4', 'i4', 'u8', 'i8', 'i16', 'u31', 'i32', 'u63', 'i64', 'i5'),
    constantFrom('u64', 'i65', 'x8', 'u0', 'u', ''),
  ),
  range: mostly(fc.integer({ min: -8, max: 12 }).map(String), oddNumber),
  glob: constantFrom('*', 'k*', 'k?', 'k[12]', 'a*', '[^a]', '\\*', '*b*', '', 'k[1-2]', '[a-'),
  type: constantFrom('string', 'list', 'set', 'zset', 'hash', 'stream', 'nothing'),
  /** No zero byte, where C's comparison of texts would end. */
  plain: constantFrom('a', 'b', 'c', '1', '2', '10', '-3', '1.5', 'B', ''),
  plainnumber: constantFrom('0', '1', '2', '3', '7', '10', '-1', '-4', '0.5', '-0.013', '1e2', '2.5e-3'),
  sortpattern: constantFrom('w_*', 'h_*->f', 'h_*->a', '#', 'nosort', '*', 'w_', 'h_*->', '->', 'k*'),
  weightkey: constantFrom('w_a', 'w_b', 'w_c', 'w_1', 'w_2', 'w_'),
  hashkey: constantFrom('h_a', 'h_b', 'h_1', 'h_2'),
  channel: constantFrom('ch1', 'ch2', 'ch3'),
  word: fc.oneof(
    constantFrom('NX', 'XX', 'GET', 'COUNT', 'LIMIT', 'WITHSCORES', 'nx', '~', '=', 'BY'),
    text,
    integer,
  ),
};

/** Many words at once, so that collections outgrow their compact encodings. */
export const wordLists: Readonly<Record<string, fc.Arbitrary<readonly string[]>>> = {
  /** Fields behind their number. */
  fieldlist: fc
    .array(constantFrom('a', 'b', 'c', 'd'), { minLength: 1, maxLength: 3 })
    .map((fields) => ['FIELDS', String(fields.length), ...fields]),
  /** Each field once: of a large hash that is given one twice Redis 8.6.3 dies when their deadline passes. */
  pairlist: fc
    .uniqueArray(constantFrom('a', 'b', 'c', 'd'), { minLength: 1, maxLength: 3 })
    .map((fields) => ['FIELDS', String(fields.length), ...fields.flatMap((field) => [field, '1'])]),
  members: many((i) => [`m${i}`]),
  numbers: many((i) => [String(i * 3)]),
  fields: many((i) => [`m${i}`, `v${i % 7}`]),
  /** The beginning of a script call that adds many entries to a stream: key, number of entries, milliseconds follow. */
  fillstream: constantFrom([
    'EVAL',
    "for i = 1, ARGV[1] do redis.call('XADD', KEYS[1], ARGV[2] .. '-' .. i, 'f', i) end",
    '1',
  ]),
  scores: many((i) => [String(i % 50), `m${i}`]),
};

function many(entry: (i: number) => readonly string[]): fc.Arbitrary<readonly string[]> {
  const counts = constantFrom(3, 60, 127, 128, 129, 130, 513);
  return fc
    .tuple(counts, fc.nat(200))
    .map(([count, from]) => Array.from({ length: count }, (_, i) => entry(from + i)).flat());
}
