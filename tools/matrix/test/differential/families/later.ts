import type { Compatibility } from '@penknife/driver-memory';
import type { Family } from '../support/family.js';

const isValkey = (compatibility: Compatibility): boolean => compatibility.startsWith('valkey');

/** Deadlines of hash fields. Only calls that are in order: each server words mistakes in its own way, and in its own order. */
const fieldLives: Family = {
  name: 'lives of fields',
  unspoiled: /^H/,
  fillers: ['HSET key field value ( field value ) *', 'HPEXPIRE key 300000 fieldlist'],
  forms: [
    'HEXPIRE key ( 0 | 100 | 200000 ) ( NX | XX | GT | LT ) ? fieldlist',
    'HPEXPIRE key ( 0 | 100000 | 200000 ) ( NX | XX | GT | LT ) ? fieldlist',
    'HEXPIREAT key ( 0 | 1 | 1900000000 | 1900000001 ) ( NX | XX | GT | LT ) ? fieldlist',
    'HPEXPIREAT key ( 0 | 1 | 1900000000001 | 1900000000499 | 1900000000500 ) ( NX | XX | GT | LT ) ? fieldlist',
    'HEXPIRE key ( -1 | x | 99999999999999999 | 9223372036854775807 | 9223372036854775808 ) FIELDS 1 a',
    'HPEXPIREAT key ( -1 | 70368744177663 | 70368744177664 | 9223372036854775807 ) FIELDS 1 b',
    'HPERSIST key fieldlist',
    'HTTL key fieldlist',
    'HPTTL key fieldlist',
    'HEXPIRETIME key fieldlist',
    'HPEXPIRETIME key fieldlist',
    'HGETDEL key fieldlist',
    'HGETEX key ( EX 100 | PX 100000 | EXAT 1900000000 | PXAT 1900000000001 | EX 0 | PXAT 1 | PERSIST ) ? fieldlist',
    'HGETEX key EX ( -1 | x | 9223372036854775807 ) FIELDS 1 a',
    'HSETEX key ( FNX | FXX ) ? ( EX 100 | PX 100000 | EXAT 1900000000 | PXAT 1 | KEEPTTL ) ? pairlist',
    'HSETEX key pairlist',
    ...[
      'HSET key field value',
      'HSETNX key field value',
      'HINCRBY key field 2',
      'HINCRBYFLOAT key field 1.5',
    ],
    ...['HDEL key field', 'HGETALL key', 'HGET key field', 'HLEN key', 'HKEYS key', 'OBJECT ENCODING key'],
    ...['HSCAN key 0 NOVALUES', 'COPY key key REPLACE', 'RENAME key key', 'EXISTS key', 'PERSIST key'],
  ],
};

/** What deletes entries of a stream with regard to its groups, and what takes pending ones over. */
const references: Family = {
  name: 'references of groups',
  unspoiled: /^X/,
  fillers: [
    'XADD key newid f v',
    'XGROUP CREATE key group ( 0 | $ ) MKSTREAM',
    'XREADGROUP GROUP group consumer ( COUNT 2 ) ? STREAMS key >',
  ],
  forms: [
    'XACKDEL key group ( KEEPREF | DELREF | ACKED ) ? IDS 1 id',
    'XACKDEL key group ( KEEPREF | DELREF | ACKED ) ? IDS 2 id id',
    'XACKDEL key group IDS ( 0 | x | 2 | -1 ) id',
    'XDELEX key ( KEEPREF | DELREF | ACKED ) ? IDS 1 id',
    'XDELEX key ( KEEPREF | DELREF | ACKED ) ? IDS 2 id id',
    'XDELEX key ( ACKED | x ) ( IDS | x ) 1 id ( x | DELREF ) ?',
    'XTRIM key ( MAXLEN | MINID ) = ? ( 0 | 1 | 3 | 5 ) ( KEEPREF | DELREF | ACKED ) ?',
    'XADD key ( KEEPREF | DELREF | ACKED ) ? MAXLEN = ( 0 | 1 | 3 ) newid f v',
    'XREADGROUP GROUP group consumer CLAIM ( 0 | 900000 ) STREAMS key ( > | 0 )',
    'XREADGROUP GROUP group consumer CLAIM ( -1 | x ) STREAMS key >',
    'XREADGROUP GROUP group consumer NOACK CLAIM 900000 STREAMS key >',
    ...['XACK key group id', 'XDEL key id', 'XPENDING key group', 'XPENDING key group - + 10'],
    ...['XRANGE key - +', 'XLEN key', 'XINFO GROUPS key', 'XINFO CONSUMERS key group'],
  ],
};

/** Strings that are set or deleted by what they hold. */
function comparisons(compatibility: Compatibility): Family {
  const later = compatibility === 'valkey-8.1' ? [] : ['MSETEX 1 key value', 'MSETEX 2 key value key value'];
  return {
    name: 'comparisons',
    unspoiled: /^(SET|DELEX)$/,
    fillers: ['SET key ( a | b | c )', 'HSET key a b'],
    forms: [
      'SET key value IFEQ ( a | b | c ) GET ? ( EX 100 | PX 100000 | KEEPTTL ) ?',
      'SET key value ( GET | KEEPTTL ) ? IFEQ ( a | b ) ',
      'SET key value ( NX | XX ) IFEQ a',
      'SET key value IFEQ',
      'GET key',
      'TTL key',
      ...(isValkey(compatibility)
        ? ['SET key value IFNE a']
        : [
            'SET key value IFNE ( a | b | c ) GET ? ( EX 100 | KEEPTTL ) ?',
            'SET key value IFNE a IFEQ a',
            'DELEX key',
            'DELEX key ( IFEQ | IFNE ) ( a | b | c )',
            'DELEX key IFEQ',
            'DELIFEQ key a',
          ]),
      ...(compatibility === 'valkey-9' ? ['DELIFEQ key ( a | b | c )', 'DELEX key'] : []),
      ...later.map((form) => `${form} ( NX | XX ) ? ( EX 100 | PXAT 1 | KEEPTTL ) ?`),
      ...later.map((form) => `${form} ( EX 0 | EX -1 | x | EX | NX XX | EX 1 KEEPTTL )`),
      ...(later.length > 0 ? ['MSETEX ( 0 | x | -1 | 3 ) key value key value'] : []),
    ],
  };
}

/** What later servers changed of the commands that were there. */
function changes(compatibility: Compatibility): Family {
  return {
    name: 'changed commands',
    fillers: ['ZADD key score member', 'SADD key member +', 'RPUSH key member +', 'HSET key field value'],
    forms: [
      'ZRANK key member WITHSCORE ?',
      'ZREVRANK key member ( WITHSCORE | WITHSCORES ) ?',
      'ZRANGE key 0 -1 WITHSCORES',
      'ZINCRBY key float member',
      'ZADD key float member',
      'HSCAN key 0 COUNT 100 NOVALUES ?',
      ...(isValkey(compatibility) ? ['ZSCAN key 0 NOSCORES ?'] : ['ZSCAN key 0 COUNT 100']),
      'XADD key newid f v',
      'XREAD STREAMS key +',
      'XREADGROUP GROUP group consumer STREAMS key ( > | + | 0 )',
      'XGROUP CREATE key group 0 MKSTREAM',
      'XINFO CONSUMERS key group',
      'CLIENT SETINFO ( LIB-NAME | LIB-VER | x ) ( 1.2 | value )',
      'CLIENT NO-TOUCH ( ON | OFF | x )',
      'WAITAOF ( 0 | 1 | 2 | x ) ( 0 | x ) ( 0 | x )',
      'OBJECT ENCODING key',
    ],
  };
}

/** What a server has beyond Redis 7.0. */
export function laterFamilies(compatibility: Compatibility): readonly Family[] {
  return [
    changes(compatibility),
    ...(compatibility === '8.0' ? [] : [comparisons(compatibility)]),
    ...(compatibility === 'valkey-8.1' ? [] : [fieldLives]),
    ...(compatibility === '8.6' ? [references] : []),
  ];
}
