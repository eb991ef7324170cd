// biome-ignore-all format: one command a line
import type { Outcome } from './support/outcome.js';

/** Commands from an empty server, and what Redis 7.0 answers to each. */
export interface RegressionCase {
  readonly name: string;
  readonly commands: readonly (readonly [line: string, reply: Outcome])[];
}

/** What the engine once answered differently: the shrunk programs, and the replies of Redis 7.0.15. */
export const regressionCases: readonly RegressionCase[] = [
  { name: "BITCOUNT of a missing key does not read its range", commands: [
    ["BITCOUNT k -8 x", 0],
  ] },
  { name: "BITCOUNT of a missing key does not count its words", commands: [
    ["BITCOUNT k 1", 0],
  ] },
  { name: "BITCOUNT reads its range before it judges the unit", commands: [
    ["SETBIT k 60 1", 0],
    ["BITCOUNT k k 1 5", { error: "ERR value is not an integer or out of range" }],
  ] },
  { name: "BITPOS reads its bit before it counts its words", commands: [
    ["BITPOS k k 1 1 6 BIT", { error: "ERR value is not an integer or out of range" }],
  ] },
  { name: "BITPOS cuts a range that runs backwards to the string", commands: [
    ["SET k \"\\n\"", { ok: "OK" }],
    ["BITPOS k 0 -4 -7", 0],
  ] },
  { name: "BITFIELD saturates a negative value set into an unsigned field upwards", commands: [
    ["BITFIELD k OVERFLOW SAT SET u8 0 -5 GET u8 0", [0, 255]],
  ] },
  { name: "SETBIT that changes nothing leaves a watched key alone", commands: [
    ["SET k W", { ok: "OK" }],
    ["SETBIT k 5 1", 1],
  ] },
  { name: "INCRBYFLOAT stores no integer", commands: [
    ["INCRBYFLOAT k 5", "5"],
    ["OBJECT ENCODING k", "embstr"],
  ] },
  { name: "SET takes the same expiry option twice, the last counts", commands: [
    ["SET k v EX 10 EX 4000", { ok: "OK" }],
    ["EXPIRE k 3000 GT", 0],
  ] },
  { name: "GETEX takes PERSIST twice", commands: [
    ["GETEX k PERSIST PERSIST", null],
  ] },
  { name: "a line break in an argument does not break an error", commands: [
    ["SET k v", { ok: "OK" }],
    ["EXPIRE k 10 \"a\\nb\\n\"", { error: "ERR Unsupported option a b" }],
  ] },
  { name: "an error shows an argument up to its zero byte", commands: [
    ["SET k v", { ok: "OK" }],
    ["EXPIRE k 10 \"a\\u0000b\"", { error: "ERR Unsupported option a" }],
    ["NOSUCHCOMMAND \"a\\u0000b\" c", { error: "ERR unknown command 'NOSUCHCOMMAND'" }],
    ["XINFO \"a\\u0000b\" k", { error: "ERR unknown subcommand 'a'. Try XINFO HELP." }],
    ["XREADGROUP GROUP \"g\\u0000h\" c STREAMS k >", { error: "WRONGTYPE Operation against a key holding the wrong kind of value" }],
    ["DEL k", 1],
    ["XREADGROUP GROUP \"g\\u0000h\" c STREAMS k >", { error: "NOGROUP No such key 'k' or consumer group 'g' in XREADGROUP with GROUP option" }],
  ] },
  { name: "SCAN takes any cursor that strtoul takes", commands: [
    ["SCAN \"\"", ["0", []]],
    ["SCAN -1", ["0", []]],
    ["SCAN 18446744073709551616", { error: "ERR invalid cursor" }],
    ["SCAN \" 1\" x", { error: "ERR invalid cursor" }],
    ["HSCAN k \"1\\u0000\"", ["0", []]],
  ] },
  { name: "HSCAN of a missing key does not read its options", commands: [
    ["HSCAN k 0 =", ["0", []]],
    ["SSCAN k 0 COUNT", ["0", []]],
    ["ZSCAN k 0 MATCH", ["0", []]],
  ] },
  { name: "SWAPDB names the index that is no integer of 32 bits", commands: [
    ["SWAPDB 9223372036854775807 0", { error: "ERR invalid first DB index" }],
    ["SWAPDB 0 4294967296", { error: "ERR invalid second DB index" }],
    ["SWAPDB 0 99", { error: "ERR DB index is out of range" }],
  ] },
  { name: "a small sorted set keeps no negative zero", commands: [
    ["ZADD k -0 a", 1],
    ["ZADD k INCR -0 b", "-0"],
    ["ZADD k -2 c", 1],
    ["ZUNIONSTORE o 1 k WEIGHTS 0", 3],
    ["ZRANGE o 0 -1 WITHSCORES", ["a", "0", "b", "0", "c", "0"]],
  ] },
  { name: "ZINTER with MIN keeps the zero it met first", commands: [
    ["ZADD k 0 a -1 b", 2],
    ["ZINTER 2 k k WEIGHTS 0 -1 AGGREGATE MIN WITHSCORES", ["a", "0", "b", "-0"]],
  ] },
  { name: "ZINTER takes small sets first", commands: [
    ["ZADD x -5 a 1 b", 2],
    ["ZADD y 0 a", 1],
    ["ZINTER 2 x y WEIGHTS 0 1 AGGREGATE MIN WITHSCORES", ["a", "0"]],
    ["ZADD u 0.1 m 1 n 1 o", 3],
    ["ZADD v 0.2 m 1 n", 2],
    ["ZADD w 0.3 m", 1],
    ["ZUNION 3 u v w WITHSCORES", ["m", "0.59999999999999998", "o", "1", "n", "2"]],
  ] },
  { name: "ZINTERCARD looks at its keys before its limit", commands: [
    ["SET k v", { ok: "OK" }],
    ["ZINTERCARD 1 k LIMIT -4", { error: "WRONGTYPE Operation against a key holding the wrong kind of value" }],
    ["ZINTERCARD x k", { error: "ERR value is not an integer or out of range" }],
    ["ZUNIONSTORE o 1 k k", { error: "WRONGTYPE Operation against a key holding the wrong kind of value" }],
  ] },
  { name: "ZRANGE refuses an option twice, and lets LIMIT pass when it limits nothing", commands: [
    ["ZADD k 1 a 2 b", 2],
    ["ZRANGE k - + BYLEX BYLEX", { error: "ERR syntax error" }],
    ["ZRANGE k 0 -1 REV REV", { error: "ERR syntax error" }],
    ["ZRANGE k 0 -1 LIMIT 1 -1", ["a", "b"]],
    ["ZRANGE k 0 -1 LIMIT 1 1", { error: "ERR syntax error, LIMIT is only supported in combination with either BYSCORE or BYLEX" }],
  ] },
  { name: "ZINCRBY reads options as ZADD does", commands: [
    ["ZINCRBY k XX b", { error: "ERR syntax error" }],
  ] },
  { name: "BLMPOP reads its keys before its timeout", commands: [
    ["BLMPOP x 3 k l RIGHT", { error: "ERR syntax error" }],
    ["BZMPOP -1 3 k l MIN", { error: "ERR syntax error" }],
    ["BLMPOP -1 1 k LEFT", { error: "ERR timeout is negative" }],
  ] },
  { name: "XGROUP CREATE takes at most its options once", commands: [
    ["XGROUP CREATE k g 0 MKSTREAM MKSTREAM ENTRIESREAD 1", { error: "ERR unknown subcommand or wrong number of arguments for 'CREATE'. Try XGROUP HELP." }],
    ["XGROUP CREATE k g + MKSTREAM", { error: "ERR Invalid stream ID specified as stream command argument" }],
    ["XGROUP CREATE k g 5-1 MKSTREAM", { ok: "OK" }],
    ["XGROUP SETID k g +", { ok: "OK" }],
  ] },
  { name: "XINFO STREAM FULL calls the pending entries pending", commands: [
    ["XGROUP CREATE k g 0 MKSTREAM", { ok: "OK" }],
    ["XINFO STREAM k FULL", ["length", 0, "radix-tree-keys", 0, "radix-tree-nodes", 1, "last-generated-id", "0-0", "max-deleted-entry-id", "0-0", "entries-added", 0, "recorded-first-entry-id", "0-0", "entries", [], "groups", [["name", "g", "last-delivered-id", "0-0", "entries-read", null, "lag", 0, "pel-count", 0, "pending", [], "consumers", []]]]],
  ] },
  { name: "a stream id ends at a zero byte", commands: [
    ["XADD k \"1-1\\u0000\" f v", "1-1"],
    ["XDEL k \"1-1\\u0000\"", 1],
  ] },
  { name: "XREAD looks at each key before its id", commands: [
    ["SET k v", { ok: "OK" }],
    ["XREAD STREAMS k l + 4-3", { error: "WRONGTYPE Operation against a key holding the wrong kind of value" }],
  ] },
  { name: "XPENDING reads its idle time before it counts its words", commands: [
    ["XPENDING k g IDLE - + 2", { error: "ERR value is not an integer or out of range" }],
  ] },
  { name: "PUBSUB CHANNELS takes one pattern", commands: [
    ["PUBSUB CHANNELS * x", { error: "ERR unknown subcommand or wrong number of arguments for 'CHANNELS'. Try PUBSUB HELP." }],
    ["PUBSUB SHARDCHANNELS * x", { error: "ERR unknown subcommand or wrong number of arguments for 'SHARDCHANNELS'. Try PUBSUB HELP." }],
  ] },
  { name: "a script that only reads may not publish", commands: [
    ["EVAL_RO \"return redis.pcall('PUBLISH', 'c', 'm')\" 0", { error: "ERR Write commands are not allowed from read-only scripts." }],
  ] },
  { name: "SORT reads an empty weight as 0 and skips blanks before one", commands: [
    ["RPUSH k 8 \" 1\" \"\"", 3],
    ["SORT k", ["", " 1", "8"]],
  ] },
  { name: "SORT sorts a set that it is to store unsorted", commands: [
    ["SADD k 5 4 10", 3],
    ["SORT k BY nosort STORE o", 3],
    ["LRANGE o 0 -1", ["10", "4", "5"]],
  ] },
  { name: "SORT ends the compact encoding of a sorted set", commands: [
    ["ZADD k 1 a", 1],
    ["SORT k ALPHA", ["a"]],
    ["OBJECT ENCODING k", "skiplist"],
  ] },
  { name: "LPOS takes the smallest rank as the last match", commands: [
    ["RPUSH k a b a", 3],
    ["LPOS k a RANK -9223372036854775808", 2],
    ["LPOS k a RANK -9223372036854775807", null],
  ] },
  { name: "COPY keeps the nodes of a stream", commands: [
    ["EVAL \"for i = 1, 250 do redis.call('XADD', KEYS[1], '1-' .. i, 'f', i) end\" 1 k", null],
    ["XTRIM k MAXLEN 200", 50],
    ["COPY k o", 1],
    ["XTRIM o MAXLEN ~ 150", 50],
  ] },
  { name: "SORT reads a weight up to its first zero byte", commands: [
    ["ZADD k 1 \"\\u0000\"", 1],
    ["SORT k GET w_*", [null]],
  ] },
  { name: "a zero byte is a token that messages cannot name", commands: [
    ["EVAL \"return \\u0000\" 0", { error: "ERR Error compiling script (new function): user_script:1: unexpected symbol" }],
    ["EVAL \"x\\u0000y = 1\" 0", { error: "ERR Error compiling script (new function): user_script:1: '=' expected" }],
    ["EVAL \"return \\u0001\" 0", { error: "ERR Error compiling script (new function): user_script:1: unexpected symbol near 'char(1)'" }],
  ] },
  { name: "GEOADD shows a longitude with all its digits", commands: [
    ["GEOADD k 1e308 0 e", { error: "ERR invalid longitude,latitude pair 100000000000000001097906362944045541740492309677311846336810682903157585404911491537163328978494688899061249669721172515611590283743140088328307009198146046031271664502933027185697489699588559043338384466165001178426897626212945177628091195786707458122783970171784415105291802893207873272974885715430223118336.000000,0.000000" }],
    ["GEOADD k 181 0.0078125 e", { error: "ERR invalid longitude,latitude pair 181.000000,0.007812" }],
  ] },
  { name: "PFDEBUG shows a subcommand up to its zero byte", commands: [
    ["PFADD k a", 1],
    ["PFDEBUG \"\\u0000\" k", { error: "ERR Unknown PFDEBUG subcommand ''" }],
  ] },
  { name: "places of scores that no place has", commands: [
    ["ZADD k 0 a -1 b 0.001 c", 3],
    ["GEOPOS k b", [["180", "85.0511287799999991"]]],
    ["GEORADIUSBYMEMBER_RO k c 0 M WITHHASH", [["a", 0], ["c", 0]]],
  ] },
  { name: "the easternmost longitude lies beyond 2^53", commands: [
    ["GEOADD k 180 0 a 180 1 c", 2],
    ["GEOSEARCH k FROMLONLAT 180 0 BYBOX 0 1 FT", ["a"]],
    ["GEORADIUSBYMEMBER k c 0 M", ["c"]],
  ] },
  { name: "GEORADIUS over a pole looks on the other side", commands: [
    ["GEOADD k 13 38 a", 1],
    ["GEORADIUS k -0.1 51.5 5000.5 KM", ["a"]],
  ] },
  { name: "MOVE and COPY name the bounds of a database's number", commands: [
    ["MOVE k 4294967296", { error: "ERR value is out of range, value must between -2147483648 and 2147483647" }],
    ["COPY k k DB 9223372036854775807", { error: "ERR value is out of range, value must between -2147483648 and 2147483647" }],
  ] },
  { name: "a long member first leaves the compact encoding before its score is kept", commands: [
    ["ZADD k -0 aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", 1],
    ["ZRANGE k 0 -1 WITHSCORES", ["aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "-0"]],
  ] },
  { name: "XGROUP CREATE and SETID look at the key before they count their words", commands: [
    ["SET k v", { ok: "OK" }],
    ["XGROUP CREATE k g 0 MKSTREAM MKSTREAM ENTRIESREAD 0", { error: "WRONGTYPE Operation against a key holding the wrong kind of value" }],
    ["DEL k", 1],
    ["XGROUP CREATE k g 0 ENTRIESREAD 0 ENTRIESREAD 0", { error: "ERR The XGROUP subcommand requires the key to exist. Note that for CREATE you may want to use the MKSTREAM option to create an empty stream automatically." }],
    ["XGROUP CREATE k g 0 MKSTREAM", { ok: "OK" }],
    ["XGROUP SETID k h 0 ENTRIESREAD 0 ENTRIESREAD 0", { error: "NOGROUP No such consumer group 'h' for key name 'k'" }],
    ["XGROUP SETID k g 0 ENTRIESREAD 0 ENTRIESREAD 0", { error: "ERR unknown subcommand or wrong number of arguments for 'SETID'. Try XGROUP HELP." }],
  ] },
  { name: "errors of settings, users and libraries show an argument up to its zero byte", commands: [
    ["CONFIG SET \"a\\u0000b\" 1", { error: "ERR Unknown option or number of arguments for CONFIG SET - 'a'" }],
    ["LATENCY GRAPH \"a\\u0000b\"", { error: "ERR No samples available for event 'a'" }],
    ["CLIENT LIST TYPE \"a\\u0000b\"", { error: "ERR Unknown client type 'a'" }],
    ["ACL CAT \"a\\u0000b\"", { error: "ERR Unknown category 'a'" }],
    ["ACL DRYRUN \"a\\u0000b\" GET k", { error: "ERR User 'a' not found" }],
    ["FUNCTION LOAD \"a\\u0000b\" \"#!lua name=x\"", { error: "ERR Unknown option given: a" }],
    ["FUNCTION LIST \"a\\u0000b\"", { error: "ERR Unknown argument a" }],
    ["CLIENT KILL USER \"a\\u0000b\"", { error: "ERR No such user 'a'" }],
  ] },
  { name: "ZINTER corrects only what it begins with and what it adds up", commands: [
    ["ZADD x -1 d", 1],
    ["ZADD y inf d 0 a", 2],
    ["ZINTER 2 y x WEIGHTS 0 1 WITHSCORES", ["d", "0"]],
    ["ZINTER 2 y x WEIGHTS 0 1 AGGREGATE MIN WITHSCORES", ["d", "-1"]],
    ["ZINTER 2 y x WEIGHTS 0 1 AGGREGATE MAX WITHSCORES", ["d", "-1"]],
    ["ZUNION 2 y x WEIGHTS 0 1 WITHSCORES", ["d", "-1", "a", "0"]],
    ["ZUNION 2 y x WEIGHTS 0 1 AGGREGATE MIN WITHSCORES", ["d", "-1", "a", "0"]],
  ] },
  { name: "SORT ALPHA compares up to a zero byte", commands: [
    ["RPUSH k \"a\\u0000b\" 0 0", 3],
    ["RPUSH k a a a", 6],
    ["SORT k ALPHA", ["0", "0", "a\u0000b", "a", "a", "a"]],
    ["SORT k ALPHA DESC", ["a\u0000b", "a", "a", "a", "0", "0"]],
    ["SORT k ALPHA STORE o", 6],
    ["LRANGE o 0 -1", ["0", "0", "a", "a", "a", "a\u0000b"]],
  ] },
];
