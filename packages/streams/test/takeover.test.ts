import { overMatrix } from '@penknife/matrix';
import { streamKeys } from '../src/index.js';
import { takeoverSuite } from './takeover.suite.js';

overMatrix('take-over', takeoverSuite, { keys: streamKeys });
