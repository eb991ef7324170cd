import { overMatrix } from '@penknife/matrix';
import { streamKeys } from '../src/index.js';
import { outboxSuite } from './outbox.suite.js';

overMatrix('outbox and upcasters', outboxSuite, { keys: streamKeys });
