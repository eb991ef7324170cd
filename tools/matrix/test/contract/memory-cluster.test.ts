import { memoryClusterColumn } from '../../src/index.js';
import { runInColumns } from './run-in-columns.js';

runInColumns([memoryClusterColumn]);
