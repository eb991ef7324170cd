import { overMatrix } from '@penknife/matrix';
import { inventoryKeys } from '../src/index.js';
import { jointSuite } from './joint.suite.js';

overMatrix('reservations over several inventories', jointSuite, { keys: inventoryKeys });
