import { overMatrix } from '@penknife/matrix';
import { sinksSuite } from './sinks.suite.js';

overMatrix('events of an inventory', sinksSuite);
