import type { Family } from '../support/family.js';

/** Hashes. */
export const hashes: Family = {
  name: 'hashes',
  fillers: ['HSET key field value ( field value ) *'],
  forms: [
    'HSET key field value ( field value ) *',
    'HMSET key field value ( field value ) *',
    'HSETNX key field value',
    'HGET key field',
    'HMGET key field field *',
    'HGETALL key',
    'HKEYS key',
    'HVALS key',
    'HLEN key',
    'HSTRLEN key field',
    'HEXISTS key field',
    'HDEL key field field *',
    'HINCRBY key field integer',
    'HINCRBYFLOAT key field float',
    'HRANDFIELD key ( integer WITHVALUES ? ) ?',
    'HRANDFIELD key oddcount WITHVALUES ?',
    'HSCAN key 0 COUNT 1000 ( MATCH glob ) ?',
    'HSCAN key integer word ? word ?',
    'OBJECT ENCODING key',
    'TYPE key',
  ],
};
