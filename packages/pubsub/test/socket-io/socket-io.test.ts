import { overMatrix } from '@penknife/matrix';
import { pubSubKeys } from '../../src/index.js';
import { socketIoSuite } from './socket-io.suite.js';

overMatrix('socket.io', socketIoSuite, { keys: pubSubKeys });
