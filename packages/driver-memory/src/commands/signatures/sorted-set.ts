/** The sorted-set commands of Redis 7.0: their signatures, as `parseSignatures` reads them. */
export const sortedSetSignatures: string = `
bzmpop; -5; write blocking movablekeys; 0 0 0; @write @sortedset @slow @blocking; ; 7.0.0; MIN MAX COUNT; ~RW access delete~index:2~keynum:0,1,1
bzpopmax; -3; write noscript blocking fast; 1 -2 1; @write @sortedset @fast @blocking; ; 5.0.0; ; ~RW access delete~index:1~range:-2,1,0
bzpopmin; -3; write noscript blocking fast; 1 -2 1; @write @sortedset @fast @blocking; ; 5.0.0; ; ~RW access delete~index:1~range:-2,1,0
zadd; -4; write denyoom fast; 1 1 1; @write @sortedset @fast; ; 1.2.0; NX XX GT LT CH INCR; ~RW update~index:1~range:0,1,0
zcard; 2; readonly fast; 1 1 1; @read @sortedset @fast; ; 1.2.0; ; ~RO~index:1~range:0,1,0
zcount; 4; readonly fast; 1 1 1; @read @sortedset @fast; ; 2.0.0; ; ~RO access~index:1~range:0,1,0
zdiff; -3; readonly movablekeys; 0 0 0; @read @sortedset @slow; ; 6.2.0; WITHSCORES; ~RO access~index:1~keynum:0,1,1
zdiffstore; -4; write denyoom movablekeys; 1 1 1; @write @sortedset @slow; ; 6.2.0; ; ~OW update~index:1~range:0,1,0 & ~RO access~index:2~keynum:0,1,1
zincrby; 4; write denyoom fast; 1 1 1; @write @sortedset @fast; ; 1.2.0; ; ~RW access update~index:1~range:0,1,0
zinter; -3; readonly movablekeys; 0 0 0; @read @sortedset @slow; ; 6.2.0; WEIGHTS AGGREGATE SUM MIN MAX WITHSCORES; ~RO access~index:1~keynum:0,1,1
zintercard; -3; readonly movablekeys; 0 0 0; @read @sortedset @slow; ; 7.0.0; LIMIT; ~RO access~index:1~keynum:0,1,1
zinterstore; -4; write denyoom movablekeys; 1 1 1; @write @sortedset @slow; ; 2.0.0; WEIGHTS AGGREGATE SUM MIN MAX; ~OW update~index:1~range:0,1,0 & ~RO access~index:2~keynum:0,1,1
zlexcount; 4; readonly fast; 1 1 1; @read @sortedset @fast; ; 2.8.9; ; ~RO access~index:1~range:0,1,0
zmpop; -4; write movablekeys; 0 0 0; @write @sortedset @slow; ; 7.0.0; MIN MAX COUNT; ~RW access delete~index:1~keynum:0,1,1
zmscore; -3; readonly fast; 1 1 1; @read @sortedset @fast; ; 6.2.0; ; ~RO access~index:1~range:0,1,0
zpopmax; -2; write fast; 1 1 1; @write @sortedset @fast; ; 5.0.0; ; ~RW access delete~index:1~range:0,1,0
zpopmin; -2; write fast; 1 1 1; @write @sortedset @fast; ; 5.0.0; ; ~RW access delete~index:1~range:0,1,0
zrandmember; -2; readonly; 1 1 1; @read @sortedset @slow; nondeterministic_output; 6.2.0; WITHSCORES; ~RO access~index:1~range:0,1,0
zrange; -4; readonly; 1 1 1; @read @sortedset @slow; ; 1.2.0; BYSCORE BYLEX REV LIMIT WITHSCORES; ~RO access~index:1~range:0,1,0
zrangebylex; -4; readonly; 1 1 1; @read @sortedset @slow; ; 2.8.9; LIMIT; ~RO access~index:1~range:0,1,0
zrangebyscore; -4; readonly; 1 1 1; @read @sortedset @slow; ; 1.0.5; WITHSCORES LIMIT; ~RO access~index:1~range:0,1,0
zrangestore; -5; write denyoom; 1 2 1; @write @sortedset @slow; ; 6.2.0; BYSCORE BYLEX REV LIMIT; ~OW update~index:1~range:0,1,0 & ~RO access~index:2~range:0,1,0
zrank; 3; readonly fast; 1 1 1; @read @sortedset @fast; ; 2.0.0; ; ~RO access~index:1~range:0,1,0
zrem; -3; write fast; 1 1 1; @write @sortedset @fast; ; 1.2.0; ; ~RW delete~index:1~range:0,1,0
zremrangebylex; 4; write; 1 1 1; @write @sortedset @slow; ; 2.8.9; ; ~RW delete~index:1~range:0,1,0
zremrangebyrank; 4; write; 1 1 1; @write @sortedset @slow; ; 2.0.0; ; ~RW delete~index:1~range:0,1,0
zremrangebyscore; 4; write; 1 1 1; @write @sortedset @slow; ; 1.2.0; ; ~RW delete~index:1~range:0,1,0
zrevrange; -4; readonly; 1 1 1; @read @sortedset @slow; ; 1.2.0; WITHSCORES; ~RO access~index:1~range:0,1,0
zrevrangebylex; -4; readonly; 1 1 1; @read @sortedset @slow; ; 2.8.9; LIMIT; ~RO access~index:1~range:0,1,0
zrevrangebyscore; -4; readonly; 1 1 1; @read @sortedset @slow; ; 2.2.0; WITHSCORES LIMIT; ~RO access~index:1~range:0,1,0
zrevrank; 3; readonly fast; 1 1 1; @read @sortedset @fast; ; 2.0.0; ; ~RO access~index:1~range:0,1,0
zscan; -3; readonly; 1 1 1; @read @sortedset @slow; nondeterministic_output; 2.8.0; MATCH COUNT; ~RO access~index:1~range:0,1,0
zscore; 3; readonly fast; 1 1 1; @read @sortedset @fast; ; 1.2.0; ; ~RO access~index:1~range:0,1,0
zunion; -3; readonly movablekeys; 0 0 0; @read @sortedset @slow; ; 6.2.0; WEIGHTS AGGREGATE SUM MIN MAX WITHSCORES; ~RO access~index:1~keynum:0,1,1
zunionstore; -4; write denyoom movablekeys; 1 1 1; @write @sortedset @slow; ; 2.0.0; WEIGHTS AGGREGATE SUM MIN MAX; ~OW update~index:1~range:0,1,0 & ~RO access~index:2~keynum:0,1,1
`;
