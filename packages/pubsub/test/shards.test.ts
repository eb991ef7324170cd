import { overMatrix } from '@penknife/matrix';
import { pubSubKeys } from '../src/index.js';
import { shardsSuite } from './shards.suite.js';

overMatrix('very many channels', shardsSuite, { keys: pubSubKeys });
