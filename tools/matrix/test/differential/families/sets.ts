import type { Family } from '../support/family.js';

/** Sets. */
export const sets: Family = {
  name: 'sets',
  fillers: ['SADD key member +', 'SADD key integer integer *'],
  forms: [
    'SREM key member member *',
    'SCARD key',
    'SISMEMBER key member',
    'SMISMEMBER key member member *',
    'SMEMBERS key',
    'SMOVE key key member',
    'SPOP key ( natural | 1000 ) ?',
    'SPOP key oddcount',
    'SRANDMEMBER key integer ?',
    'SINTER key key *',
    'SUNION key key *',
    'SDIFF key key *',
    'SINTERSTORE key key key *',
    'SUNIONSTORE key key key *',
    'SDIFFSTORE key key key *',
    'SINTERCARD numkeys key key * ( LIMIT integer ) ?',
    'SINTERCARD 2 key key ( LIMIT natural ) ?',
    'SSCAN key 0 COUNT 1000 ( MATCH glob ) ?',
    'SSCAN key integer word ? word ?',
    'OBJECT ENCODING key',
  ],
};
