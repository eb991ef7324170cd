import { overMatrix } from '@penknife/matrix';
import { sessionKeys } from '../src/index.js';
import { usersSuite } from './users.suite.js';

overMatrix('sessions of users', usersSuite, { keys: sessionKeys });
