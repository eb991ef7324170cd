import { overMatrix } from '@penknife/matrix';
import { tracesSuite } from './traces.suite.js';

// Time is given, and keys outlive it: what a limiter leaves behind is looked at in the other suites.
overMatrix('traces', tracesSuite);
