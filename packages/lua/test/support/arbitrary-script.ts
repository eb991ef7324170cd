import fc from 'fast-check';

/** Lua expressions over the locals a, b, t and f; most are valid, many raise errors when run. */
const { expression } = fc.letrec<{ expression: string; leaf: string }>((tie) => ({
  leaf: fc.oneof(
    fc.constantFrom(
      'nil',
      'true',
      'false',
      'a',
      'b',
      't',
      'f',
      't.x',
      't[1]',
      '#t',
      '...',
      '{}',
      '"10"',
      '"x"',
    ),
    fc.integer({ min: -20, max: 200 }).map(String),
    fc.double({ noNaN: true, noDefaultInfinity: true, min: 1e-6, max: 1e17 }).map(String),
    fc.constantFrom('"0x1F"', '" 7 "', '"a\\0b"', '1e15', '2^53', '-0.5', '1e100', '"1e2"'),
  ),
  expression: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    tie('leaf'),
    fc
      .tuple(
        tie('expression'),
        fc.constantFrom('+', '-', '*', '/', '%', '^', '..', '==', '~=', '<', '<=', '>', '>=', 'and', 'or'),
        tie('expression'),
      )
      .map(([left, operator, right]) => `(${left}) ${operator} (${right})`),
    fc
      .tuple(fc.constantFrom('-', 'not ', '#'), tie('expression'))
      .map(([sign, operand]) => `${sign}(${operand})`),
    fc.tuple(tie('expression'), tie('expression')).map(([first, second]) => `select(2, ${first}, ${second})`),
    fc
      .tuple(
        fc.constantFrom('tostring', 'tonumber', 'type', 'f', 'string.len', 'math.floor'),
        tie('expression'),
      )
      .map(([name, argument]) => `${name}(${argument})`),
    fc
      .tuple(tie('expression'), tie('expression'), tie('expression'))
      .map(([item, key, value]) => `({${item}, [${key}] = ${value}, n = 1})[1]`),
    fc.tuple(tie('expression'), tie('expression')).map(([object, key]) => `(${object})[${key}]`),
  ),
}));

/** A statement that changes the locals. */
const statement: fc.Arbitrary<string> = fc.oneof(
  expression.map((value) => `a = ${value}`),
  fc.tuple(expression, expression).map(([first, second]) => `a, b = ${first}, ${second}`),
  fc.tuple(expression, expression).map(([key, value]) => `t[${key}] = ${value}`),
  expression.map((value) => `t.x = ${value}`),
  fc.tuple(expression, expression).map(([test, value]) => `if ${test} then b = ${value} else a = b end`),
  fc
    .tuple(fc.integer({ min: -2, max: 5 }), expression)
    .map(([to, value]) => `for i = 1, ${to} do b = ${value} end`),
  expression.map((value) => `for k, v in pairs(t) do a = ${value} end`),
  expression.map((value) => `do local a = ${value} f = function(x) a = x return a end end`),
  expression.map((value) => `repeat local u = ${value} until u or true`),
);

/**
 * Whole scripts that always answer: what they compute, or the error they raise. Addresses of tables and functions
 * are cut off, so that two implementations can be compared.
 */
export const arbitraryScript: fc.Arbitrary<string> = fc
  .tuple(fc.array(statement, { maxLength: 6 }), expression)
  .map(
    ([statements, result]) =>
      `local function show(v) return (tostring(v):gsub(": 0x%x+", "")) end ` +
      `local function body(...) local a, b, t = 1, "s", {1, 2, x = 3} local f = function(x) return x, a end ` +
      `${statements.join(' ')} return ${result} end ` +
      `local r = {pcall(body, 5, nil, 7)} for i = 1, 4 do r[i] = show(r[i]) end return r`,
  );

/** A sequence of writes to one table, answering its order of `pairs` and its length. */
export const arbitraryTableScript: fc.Arbitrary<string> = fc
  .array(
    fc.tuple(
      fc.oneof(
        { weight: 4, arbitrary: fc.integer({ min: -3, max: 40 }).map(String) },
        { weight: 3, arbitrary: fc.integer({ min: 0, max: 30 }).map((number) => `"key${number}"`) },
        { weight: 1, arbitrary: fc.constantFrom('1.5', '2^40', 'true', 'false', '"x"', '""') },
      ),
      fc.boolean(),
    ),
    { maxLength: 60 },
  )
  .map((writes) => {
    const lines = writes.map(([key, keep]) => `t[${key}] = ${keep ? 1 : 'nil'}`);
    return `local t = {} ${lines.join(' ')} local r = {#t} for k in pairs(t) do r[#r + 1] = tostring(k) end return r`;
  });
