import { overMatrix } from '@penknife/matrix';
import { pubSubKeys } from '../src/index.js';
import { sseSuite } from './sse.suite.js';

overMatrix('server-sent events', sseSuite, { keys: pubSubKeys });
