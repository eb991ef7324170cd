import { overMatrix } from '@penknife/matrix';
import { streamKeys } from '../src/index.js';
import { whenDoneSuite } from './when-done.suite.js';

overMatrix('when done', whenDoneSuite, { keys: streamKeys });
