import type { Family } from '../support/family.js';

/** HyperLogLogs, their bytes included: every program ends with a GET. */
export const hyperloglogs: Family = {
  name: 'hyperloglogs',
  fillers: ['PFADD key member member member value integer', 'PFADD key value float word'],
  forms: [
    'PFADD key value *',
    'PFCOUNT key key *',
    'PFMERGE key key *',
    'PFDEBUG ENCODING key',
    'PFDEBUG TODENSE key',
    'PFDEBUG XX key',
    'STRLEN key',
    'GETRANGE key 0 3',
    'OBJECT ENCODING key',
    'COPY key key REPLACE',
  ],
};
