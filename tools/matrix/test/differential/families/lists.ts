import type { Family } from '../support/family.js';

/** Lists; of the blocking commands only what does not wait is sent outside of transactions. */
export const lists: Family = {
  name: 'lists',
  fillers: ['RPUSH key member +', 'LPUSH key member +'],
  forms: [
    'LPUSHX key member member *',
    'RPUSHX key member member *',
    'LPOP key count ?',
    'RPOP key count ?',
    'LLEN key',
    'LRANGE key range range',
    'LINDEX key range',
    'LSET key range member',
    'LINSERT key ( BEFORE | AFTER | x ) member member',
    'LREM key integer member',
    'LTRIM key range range',
    'LPOS key member ( RANK integer ) ? ( COUNT natural ) ? ( MAXLEN natural ) ?',
    'LMOVE key key ( LEFT | RIGHT ) ( LEFT | RIGHT | x )',
    'RPOPLPUSH key key',
    'LMPOP numkeys key key * ( LEFT | RIGHT ) ( COUNT count ) ?',
    'LMPOP 2 key key ( LEFT | RIGHT ) ( COUNT count ) ?',
    'OBJECT ENCODING key',
    'TYPE key',
  ],
};
