import { overMatrix } from '@penknife/matrix';
import { pubSubKeys } from '../src/index.js';
import { gapsSuite } from './gaps.suite.js';

overMatrix('pub/sub gaps', gapsSuite, { keys: pubSubKeys });
