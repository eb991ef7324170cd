/** The generic commands of Redis 7.0: their signatures, as `parseSignatures` reads them. */
export const genericSignatures: string = `
copy; -3; write denyoom; 1 2 1; @keyspace @write @slow; ; 6.2.0; DB REPLACE; ~RO access~index:1~range:0,1,0 & ~OW update~index:2~range:0,1,0
del; -2; write; 1 -1 1; @keyspace @write @slow; request_policy:multi_shard response_policy:agg_sum; 1.0.0; ; ~RM delete~index:1~range:-1,1,0
dump; 2; readonly; 1 1 1; @keyspace @read @slow; nondeterministic_output; 2.6.0; ; ~RO access~index:1~range:0,1,0
exists; -2; readonly fast; 1 -1 1; @keyspace @read @fast; request_policy:multi_shard response_policy:agg_sum; 1.0.0; ; ~RO~index:1~range:-1,1,0
expire; -3; write fast; 1 1 1; @keyspace @write @fast; ; 1.0.0; NX XX GT LT; ~RW update~index:1~range:0,1,0
expireat; -3; write fast; 1 1 1; @keyspace @write @fast; ; 1.2.0; NX XX GT LT; ~RW update~index:1~range:0,1,0
expiretime; 2; readonly fast; 1 1 1; @keyspace @read @fast; ; 7.0.0; ; ~RO access~index:1~range:0,1,0
keys; 2; readonly; 0 0 0; @keyspace @read @slow @dangerous; request_policy:all_shards nondeterministic_output_order; 1.0.0; ; 
migrate; -6; write movablekeys; 3 3 1; @keyspace @write @slow @dangerous; nondeterministic_output; 2.6.0; COPY REPLACE AUTH AUTH2 KEYS; ~RW access delete~index:3~range:0,1,0 & ~RW access delete incomplete~keyword:KEYS,-2~range:-1,1,0
move; 3; write fast; 1 1 1; @keyspace @write @fast; ; 1.0.0; ; ~RW access update~index:1~range:0,1,0
object; -2; ; 0 0 0; @slow; ; 2.2.3; ; 
object|encoding; 3; readonly; 2 2 1; @keyspace @read @slow; nondeterministic_output; 2.2.3; ; ~RO~index:2~range:0,1,0
object|freq; 3; readonly; 2 2 1; @keyspace @read @slow; nondeterministic_output; 4.0.0; ; ~RO~index:2~range:0,1,0
object|help; 2; loading stale; 0 0 0; @keyspace @slow; ; 6.2.0; ; 
object|idletime; 3; readonly; 2 2 1; @keyspace @read @slow; nondeterministic_output; 2.2.3; ; ~RO~index:2~range:0,1,0
object|refcount; 3; readonly; 2 2 1; @keyspace @read @slow; nondeterministic_output; 2.2.3; ; ~RO~index:2~range:0,1,0
persist; 2; write fast; 1 1 1; @keyspace @write @fast; ; 2.2.0; ; ~RW update~index:1~range:0,1,0
pexpire; -3; write fast; 1 1 1; @keyspace @write @fast; ; 2.6.0; NX XX GT LT; ~RW update~index:1~range:0,1,0
pexpireat; -3; write fast; 1 1 1; @keyspace @write @fast; ; 2.6.0; NX XX GT LT; ~RW update~index:1~range:0,1,0
pexpiretime; 2; readonly fast; 1 1 1; @keyspace @read @fast; ; 7.0.0; ; ~RO access~index:1~range:0,1,0
pttl; 2; readonly fast; 1 1 1; @keyspace @read @fast; nondeterministic_output; 2.6.0; ; ~RO access~index:1~range:0,1,0
randomkey; 1; readonly; 0 0 0; @keyspace @read @slow; request_policy:all_shards nondeterministic_output; 1.0.0; ; 
rename; 3; write; 1 2 1; @keyspace @write @slow; ; 1.0.0; ; ~RW access delete~index:1~range:0,1,0 & ~OW update~index:2~range:0,1,0
renamenx; 3; write fast; 1 2 1; @keyspace @write @fast; ; 1.0.0; ; ~RW access delete~index:1~range:0,1,0 & ~OW insert~index:2~range:0,1,0
restore; -4; write denyoom; 1 1 1; @keyspace @write @slow @dangerous; ; 2.6.0; REPLACE ABSTTL IDLETIME FREQ; ~OW update~index:1~range:0,1,0
scan; -2; readonly; 0 0 0; @keyspace @read @slow; nondeterministic_output request_policy:special; 2.8.0; MATCH COUNT TYPE; 
sort; -2; write denyoom movablekeys; 1 1 1; @write @set @sortedset @list @slow @dangerous; ; 1.0.0; BY LIMIT GET ASC DESC ALPHA STORE; ~RO access~index:1~range:0,1,0 & For the optional BY/GET keyword. It is marked 'unknown' because the key names derive from the content of the key we sort~RO access~unknown:~unknown: & For the optional STORE keyword. It is marked 'unknown' because the keyword can appear anywhere in the argument array~OW update~unknown:~unknown:
sort_ro; -2; readonly movablekeys; 1 1 1; @read @set @sortedset @list @slow @dangerous; ; 7.0.0; BY LIMIT GET ASC DESC ALPHA; ~RO access~index:1~range:0,1,0 & For the optional BY/GET keyword. It is marked 'unknown' because the key names derive from the content of the key we sort~RO access~unknown:~unknown:
touch; -2; readonly fast; 1 -1 1; @keyspace @read @fast; request_policy:multi_shard response_policy:agg_sum; 3.2.1; ; ~RO~index:1~range:-1,1,0
ttl; 2; readonly fast; 1 1 1; @keyspace @read @fast; nondeterministic_output; 1.0.0; ; ~RO access~index:1~range:0,1,0
type; 2; readonly fast; 1 1 1; @keyspace @read @fast; ; 1.0.0; ; ~RO~index:1~range:0,1,0
unlink; -2; write fast; 1 -1 1; @keyspace @write @fast; request_policy:multi_shard response_policy:agg_sum; 4.0.0; ; ~RM delete~index:1~range:-1,1,0
wait; 3; noscript; 0 0 0; @slow @connection; request_policy:all_shards response_policy:agg_min; 3.0.0; ; 
`;
