import { overMatrix } from '@penknife/matrix';
import { pubSubKeys } from '../src/index.js';
import { presenceSuite } from './presence.suite.js';

overMatrix('presence', presenceSuite, { keys: pubSubKeys });
