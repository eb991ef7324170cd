import { overMatrix } from '@penknife/matrix';
import { streamKeys } from '../src/index.js';
import { onceSuite } from './once.suite.js';

overMatrix('once', onceSuite, { keys: streamKeys });
