import { furtherColumns } from '../../src/index.js';
import { runInFurtherColumns } from './run-in-columns.js';

runInFurtherColumns(
  furtherColumns,
  ({ topology, flavour }) => topology === 'single' && flavour !== undefined,
);
