import { expect, it } from 'vitest';
import { cookieValues, resolveCookie } from '../src/http/cookie.js';

it('bad cookie options are refused by name', () => {
  const cases: readonly (readonly [string, object])[] = [
    ['name', { name: 'a b' }],
    ['name', { name: '' }],
    ['name', { name: 'a;b' }],
    ['sameSite', { sameSite: 'lax' }],
    ['secure', { secure: false }],
    ['secure', { secure: false, name: '__host-x' }],
    ['secure', { secure: false, name: 'x', sameSite: 'None' }],
    ['maxAgeMs', { maxAgeMs: Number.NaN }],
    ['maxAgeMs', { maxAgeMs: 0 }],
    ['maxAgeMs', { maxAgeMs: -1 }],
  ];
  for (const [argument, options] of cases) {
    expect(() => resolveCookie(options)).toThrow(expect.objectContaining({ argument }));
  }
});

it('attributes: strict by default, and as told', () => {
  expect(resolveCookie().attributes).toBe('Path=/; HttpOnly; Secure; SameSite=Lax');
  const told = resolveCookie({ name: 'sid', secure: false, sameSite: 'Strict', maxAgeMs: '2m' });
  expect(told.attributes).toBe('Path=/; HttpOnly; SameSite=Strict; Max-Age=120');
  expect(told.cleared).toBe('sid=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0');
});

it('trap 14: headers of all shapes', () => {
  const cases: readonly (readonly [string | null | undefined, readonly string[]])[] = [
    [undefined, []],
    [null, []],
    ['', []],
    [';;;', []],
    ['=', []],
    ['sid', []],
    ['sid=', ['']],
    ['sid=a', ['a']],
    [' sid = a ;x=y', ['a']],
    ['x=sid=a; sid=b=c', ['b=c']],
    ['sid="a"', ['a']],
    ['SID=a; xsid=b; sidx=c', []],
    ['sid=1;sid=2;sid=3;sid=4;sid=5', ['1', '2', '3', '4']],
    // Refused as a whole: a value that is no token.
    [`sid=a; x=${'y'.repeat(32_768)}`, ['']],
    ['__proto__=1; constructor=2; sid=a', ['a']],
  ];
  for (const [header, values] of cases)
    expect(cookieValues(header, 'sid'), String(header).slice(0, 40)).toEqual(values);
});
