/** The string commands of Redis 7.0: their signatures, as `parseSignatures` reads them. */
export const stringSignatures: string = `
append; 3; write denyoom fast; 1 1 1; @write @string @fast; ; 2.0.0; ; ~RW insert~index:1~range:0,1,0
decr; 2; write denyoom fast; 1 1 1; @write @string @fast; ; 1.0.0; ; ~RW access update~index:1~range:0,1,0
decrby; 3; write denyoom fast; 1 1 1; @write @string @fast; ; 1.0.0; ; ~RW access update~index:1~range:0,1,0
get; 2; readonly fast; 1 1 1; @read @string @fast; ; 1.0.0; ; ~RO access~index:1~range:0,1,0
getdel; 2; write fast; 1 1 1; @write @string @fast; ; 6.2.0; ; ~RW access delete~index:1~range:0,1,0
getex; -2; write fast; 1 1 1; @write @string @fast; ; 6.2.0; EX PX EXAT PXAT PERSIST; RW and UPDATE because it changes the TTL~RW access update~index:1~range:0,1,0
getrange; 4; readonly; 1 1 1; @read @string @slow; ; 2.4.0; ; ~RO access~index:1~range:0,1,0
getset; 3; write denyoom fast; 1 1 1; @write @string @fast; ; 1.0.0; ; ~RW access update~index:1~range:0,1,0
incr; 2; write denyoom fast; 1 1 1; @write @string @fast; ; 1.0.0; ; ~RW access update~index:1~range:0,1,0
incrby; 3; write denyoom fast; 1 1 1; @write @string @fast; ; 1.0.0; ; ~RW access update~index:1~range:0,1,0
incrbyfloat; 3; write denyoom fast; 1 1 1; @write @string @fast; ; 2.6.0; ; ~RW access update~index:1~range:0,1,0
lcs; -3; readonly; 1 2 1; @read @string @slow; ; 7.0.0; LEN IDX MINMATCHLEN WITHMATCHLEN; ~RO access~index:1~range:1,1,0
mget; -2; readonly fast; 1 -1 1; @read @string @fast; request_policy:multi_shard; 1.0.0; ; ~RO access~index:1~range:-1,1,0
mset; -3; write denyoom; 1 -1 2; @write @string @slow; request_policy:multi_shard response_policy:all_succeeded; 1.0.1; ; ~OW update~index:1~range:-1,2,0
msetnx; -3; write denyoom; 1 -1 2; @write @string @slow; request_policy:multi_shard response_policy:agg_min; 1.0.1; ; ~OW insert~index:1~range:-1,2,0
psetex; 4; write denyoom; 1 1 1; @write @string @slow; ; 2.6.0; ; ~OW update~index:1~range:0,1,0
set; -3; write denyoom; 1 1 1; @write @string @slow; ; 1.0.0; NX XX GET EX PX EXAT PXAT KEEPTTL; RW and ACCESS due to the optional \`GET\` argument~RW access update variable_flags~index:1~range:0,1,0
setex; 4; write denyoom; 1 1 1; @write @string @slow; ; 2.0.0; ; ~OW update~index:1~range:0,1,0
setnx; 3; write denyoom fast; 1 1 1; @write @string @fast; ; 1.0.0; ; ~OW insert~index:1~range:0,1,0
setrange; 4; write denyoom; 1 1 1; @write @string @slow; ; 2.2.0; ; ~RW update~index:1~range:0,1,0
strlen; 2; readonly fast; 1 1 1; @read @string @fast; ; 2.2.0; ; ~RO~index:1~range:0,1,0
substr; 4; readonly; 1 1 1; @read @string @slow; ; 1.0.0; ; ~RO access~index:1~range:0,1,0
`;
