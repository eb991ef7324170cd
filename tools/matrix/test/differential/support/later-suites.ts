import type { Compatibility } from '@penknife/driver-memory';
import type fc from 'fast-check';
import { laterFamilies } from '../families/later.js';
import { programsOf } from './family.js';
import type { Program, Step, Words } from './program.js';
import { type Suite, suites } from './suites.js';

/**
 * What later servers read differently and the engine does not: hexadecimal numbers (refused as bounds of scores since Redis 8, and
 * everywhere since Valkey 9), blanks before a bound, and the index of LSET, of which small lists take the last 32 bits.
 */
function isReadDifferently([name, ...rest]: Words): boolean {
  if (name === 'LSET' && rest.some((word) => /\d{10}/.test(word))) return true;
  return rest.some((word) => /0x/i.test(word) || /^\(?\s/.test(word));
}

function withoutThem(programs: fc.Arbitrary<Program>): fc.Arbitrary<Program> {
  const isKept = (step: Step): boolean => {
    if (step.do === 'wait') return true;
    return step.do === 'send'
      ? !isReadDifferently(step.words)
      : !step.commands.some((words) => isReadDifferently(words));
  };
  return programs.map((program) => program.filter(isKept));
}

/** Everything that is compared with a server later than Redis 7.0: what it has beyond that, and all that was there before. */
export function laterSuites(compatibility: Compatibility): readonly Suite[] {
  const beyond = laterFamilies(compatibility).map((family) => ({
    name: family.name,
    programs: withoutThem(programsOf(family)),
    numRuns: 40,
  }));
  const before = suites.map((suite) => ({
    ...suite,
    programs: withoutThem(suite.programs),
    numRuns: Math.ceil(suite.numRuns / 5),
  }));
  return [...beyond, ...before];
}
