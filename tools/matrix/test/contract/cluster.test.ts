import { columns } from '../../src/index.js';
import { runInColumns } from './run-in-columns.js';

runInColumns(columns.filter(({ topology }) => topology === 'cluster'));
