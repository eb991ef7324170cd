import { overMatrix } from '@penknife/matrix';
import { lockKeys } from '../src/index.js';
import { fenceSuite } from './fence.suite.js';

overMatrix('fences', fenceSuite, { keys: lockKeys });
