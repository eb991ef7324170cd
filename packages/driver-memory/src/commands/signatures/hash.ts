/** The hash commands of Redis 7.0: their signatures, as `parseSignatures` reads them. */
export const hashSignatures: string = `
hdel; -3; write fast; 1 1 1; @write @hash @fast; ; 2.0.0; ; ~RW delete~index:1~range:0,1,0
hexists; 3; readonly fast; 1 1 1; @read @hash @fast; ; 2.0.0; ; ~RO~index:1~range:0,1,0
hget; 3; readonly fast; 1 1 1; @read @hash @fast; ; 2.0.0; ; ~RO access~index:1~range:0,1,0
hgetall; 2; readonly; 1 1 1; @read @hash @slow; nondeterministic_output_order; 2.0.0; ; ~RO access~index:1~range:0,1,0
hincrby; 4; write denyoom fast; 1 1 1; @write @hash @fast; ; 2.0.0; ; ~RW access update~index:1~range:0,1,0
hincrbyfloat; 4; write denyoom fast; 1 1 1; @write @hash @fast; ; 2.6.0; ; ~RW access update~index:1~range:0,1,0
hkeys; 2; readonly; 1 1 1; @read @hash @slow; nondeterministic_output_order; 2.0.0; ; ~RO access~index:1~range:0,1,0
hlen; 2; readonly fast; 1 1 1; @read @hash @fast; ; 2.0.0; ; ~RO~index:1~range:0,1,0
hmget; -3; readonly fast; 1 1 1; @read @hash @fast; ; 2.0.0; ; ~RO access~index:1~range:0,1,0
hmset; -4; write denyoom fast; 1 1 1; @write @hash @fast; ; 2.0.0; ; ~RW update~index:1~range:0,1,0
hrandfield; -2; readonly; 1 1 1; @read @hash @slow; nondeterministic_output; 6.2.0; WITHVALUES; ~RO access~index:1~range:0,1,0
hscan; -3; readonly; 1 1 1; @read @hash @slow; nondeterministic_output; 2.8.0; MATCH COUNT; ~RO access~index:1~range:0,1,0
hset; -4; write denyoom fast; 1 1 1; @write @hash @fast; ; 2.0.0; ; ~RW update~index:1~range:0,1,0
hsetnx; 4; write denyoom fast; 1 1 1; @write @hash @fast; ; 2.0.0; ; ~RW insert~index:1~range:0,1,0
hstrlen; 3; readonly fast; 1 1 1; @read @hash @fast; ; 3.2.0; ; ~RO~index:1~range:0,1,0
hvals; 2; readonly; 1 1 1; @read @hash @slow; nondeterministic_output_order; 2.0.0; ; ~RO access~index:1~range:0,1,0
`;
