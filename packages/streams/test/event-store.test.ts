import { overMatrix } from '@penknife/matrix';
import { streamKeys } from '../src/index.js';
import { eventStoreSuite } from './event-store.suite.js';

overMatrix('event store', eventStoreSuite, { keys: streamKeys });
