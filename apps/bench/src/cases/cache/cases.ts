import type { BenchCase } from '../../case.js';
import { hitCases } from './hits.js';
import { hotKeyCase } from './hot-key.js';
import { keptCase } from './kept.js';
import { raceCases } from './races.js';

/** The cache beside its peers. */
export const cacheCases: readonly BenchCase[] = [...hitCases, ...raceCases, hotKeyCase, keptCase];
