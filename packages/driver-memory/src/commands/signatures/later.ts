/**
 * What later servers have beyond Redis 7.0, and what they say differently of a command: a line each, as their COMMAND and COMMAND
 * DOCS told it, behind the servers it holds for and the group (`servers > group > signature`). Without the words of options that are
 * refused here, by which drivers would know them: XADD's IDMPAUTO and IDMP.
 */
export const laterSignatures: string = `
8.6 > bitmap > bitop; -4; write denyoom; 2 -1 1; @write @bitmap @slow; ; 2.6.0; AND OR XOR NOT DIFF DIFF1 ANDOR ONE; ~OW update~index:2~range:0,1,0 & ~RO access~index:3~range:-1,1,0
8.0 valkey-8.1 valkey-9 > bitmap > bitop; -4; write denyoom; 2 -1 1; @write @bitmap @slow; ; 2.6.0; AND OR XOR NOT; ~OW update~index:2~range:0,1,0 & ~RO access~index:3~range:-1,1,0
valkey-9 > cluster > clusterscan; -2; readonly; 1 1 1; @keyspace @read @slow; nondeterministic_output request_policy:special response_policy:special; 9.1.0; MATCH COUNT TYPE SLOT; ~not_key~index:1~range:0,1,0
valkey-9 > cluster > cluster|cancelslotmigrations; 2; admin stale no_async_loading; 0 0 0; @admin @slow @dangerous; ; 9.0.0; ;
valkey-9 > cluster > cluster|flushslot; -3; write admin no_async_loading; 0 0 0; @keyspace @write @admin @slow @dangerous; ; 9.0.0; ASYNC SYNC;
valkey-9 > cluster > cluster|getslotmigrations; 2; admin stale no_async_loading; 0 0 0; @admin @slow @dangerous; ; 9.0.0; ;
valkey-8.1 valkey-9 > cluster > cluster|info; 2; loading stale; 0 0 0; @slow; nondeterministic_output; 3.0.0; ;
valkey-9 > cluster > cluster|migrateslots; -4; admin stale no_async_loading; 0 0 0; @admin @slow @dangerous; ; 9.0.0; SLOTSRANGE NODE;
8.6 > cluster > cluster|migration; -4; admin stale no_async_loading; 0 0 0; @admin @slow @dangerous; ; 8.4.0; IMPORT CANCEL ID ALL STATUS;
valkey-8.1 valkey-9 > cluster > cluster|myid; 2; loading stale; 0 0 0; @slow; ; 3.0.0; ;
valkey-8.1 valkey-9 > cluster > cluster|myshardid; 2; loading stale; 0 0 0; @slow; nondeterministic_output; 7.2.0; ;
8.0 8.6 > cluster > cluster|myshardid; 2; stale; 0 0 0; @slow; nondeterministic_output; 7.2.0; ;
valkey-8.1 valkey-9 > cluster > cluster|nodes; 2; loading stale; 0 0 0; @slow; nondeterministic_output; 3.0.0; ;
valkey-9 > cluster > cluster|replicate; -3; admin stale no_async_loading; 0 0 0; @admin @slow @dangerous; ; 3.0.0; NO ONE;
valkey-8.1 valkey-9 > cluster > cluster|setslot; -4; admin stale no_async_loading; 0 0 0; @admin @slow @dangerous; ; 3.0.0; IMPORTING MIGRATING NODE STABLE TIMEOUT;
8.0 8.6 valkey-8.1 valkey-9 > cluster > cluster|shards; 2; loading stale; 0 0 0; @slow; nondeterministic_output; 7.0.0; ;
8.6 valkey-8.1 valkey-9 > cluster > cluster|slot-stats; -4; loading stale; 0 0 0; @slow; nondeterministic_output request_policy:all_shards; 8.2.0; SLOTSRANGE ORDERBY LIMIT ASC DESC;
8.0 8.6 valkey-8.1 valkey-9 > cluster > cluster|slots; 2; loading stale; 0 0 0; @slow; nondeterministic_output; 3.0.0; ;
valkey-9 > cluster > cluster|syncslots; -3; admin stale no_async_loading; 0 0 0; @admin @slow @dangerous; ; 9.0.0; ;
8.6 > cluster > cluster|syncslots; -3; admin stale no_async_loading; 0 0 0; @admin @slow @dangerous; nondeterministic_output; 8.4.0; SYNC RDBCHANNEL SNAPSHOT-EOF STREAM-EOF ACK FAIL CONF;
valkey-9 > connection > client|caching; 3; noscript loading stale allow_busy; 0 0 0; @slow @connection; ; 6.0.0; YES NO;
valkey-9 > connection > client|capa; -3; noscript loading stale allow_busy; 0 0 0; @slow @connection; ; 8.0.0; ;
valkey-8.1 > connection > client|capa; -3; noscript loading stale; 0 0 0; @slow @connection; ; 8.0.0; ;
valkey-9 > connection > client|getname; 2; noscript loading stale allow_busy; 0 0 0; @slow @connection; ; 2.6.9; ;
valkey-9 > connection > client|getredir; 2; noscript loading stale allow_busy; 0 0 0; @slow @connection; ; 6.0.0; ;
valkey-9 > connection > client|id; 2; noscript loading stale allow_busy; 0 0 0; @slow @connection; ; 5.0.0; ;
valkey-8.1 valkey-9 > connection > client|import-source; 3; noscript loading stale; 0 0 0; @slow @connection; ; 8.1.0; ON OFF;
valkey-9 > connection > client|kill; -3; admin noscript loading stale; 0 0 0; @admin @slow @dangerous @connection; ; 2.4.0; ID TYPE NORMAL MASTER PRIMARY SLAVE REPLICA PUBSUB USER ADDR LADDR SKIPME YES NO MAXAGE NAME IDLE FLAGS LIB-NAME LIB-VER DB CAPA IP NOT-TYPE NOT-ID NOT-USER NOT-ADDR NOT-LADDR NOT-NAME NOT-FLAGS NOT-LIB-NAME NOT-LIB-VER NOT-DB NOT-CAPA NOT-IP;
valkey-8.1 > connection > client|kill; -3; admin noscript loading stale; 0 0 0; @admin @slow @dangerous @connection; ; 2.4.0; ID TYPE NORMAL MASTER PRIMARY SLAVE REPLICA PUBSUB USER ADDR LADDR SKIPME YES NO MAXAGE;
8.0 8.6 > connection > client|kill; -3; admin noscript loading stale; 0 0 0; @admin @slow @dangerous @connection; ; 2.4.0; ID TYPE NORMAL MASTER SLAVE REPLICA PUBSUB USER ADDR LADDR SKIPME YES NO MAXAGE;
valkey-9 > connection > client|list; -2; admin noscript loading stale; 0 0 0; @admin @slow @dangerous @connection; nondeterministic_output; 2.4.0; TYPE NORMAL MASTER REPLICA PUBSUB ID USER ADDR LADDR SKIPME YES NO MAXAGE NAME IDLE FLAGS LIB-NAME LIB-VER DB CAPA IP NOT-TYPE NOT-ID NOT-USER NOT-ADDR NOT-LADDR NOT-NAME NOT-FLAGS NOT-LIB-NAME NOT-LIB-VER NOT-DB NOT-CAPA NOT-IP;
valkey-8.1 > connection > client|list; -2; admin noscript loading stale; 0 0 0; @admin @slow @dangerous @connection; nondeterministic_output; 2.4.0; TYPE NORMAL MASTER REPLICA PUBSUB ID USER ADDR LADDR SKIPME YES NO MAXAGE;
valkey-9 > connection > client|no-evict; 3; admin noscript loading stale allow_busy; 0 0 0; @admin @slow @dangerous @connection; ; 7.0.0; ON OFF;
valkey-9 > connection > client|no-touch; 3; noscript loading stale allow_busy; 0 0 0; @slow @connection; ; 7.2.0; ON OFF;
8.0 8.6 valkey-8.1 > connection > client|no-touch; 3; noscript loading stale; 0 0 0; @slow @connection; ; 7.2.0; ON OFF;
valkey-9 > connection > client|reply; 3; noscript loading stale no_multi allow_busy; 0 0 0; @slow @connection; ; 3.2.0; ON OFF SKIP;
valkey-9 > connection > client|setinfo; 4; noscript loading stale allow_busy; 0 0 0; @slow @connection; request_policy:all_nodes response_policy:all_succeeded; 7.2.0; LIB-NAME LIB-VER;
8.0 8.6 valkey-8.1 > connection > client|setinfo; 4; noscript loading stale; 0 0 0; @slow @connection; request_policy:all_nodes response_policy:all_succeeded; 7.2.0; LIB-NAME LIB-VER;
valkey-9 > connection > client|setname; 3; noscript loading stale allow_busy; 0 0 0; @slow @connection; request_policy:all_nodes response_policy:all_succeeded; 2.6.9; ;
8.0 8.6 valkey-8.1 > connection > client|setname; 3; noscript loading stale; 0 0 0; @slow @connection; request_policy:all_nodes response_policy:all_succeeded; 2.6.9; ;
valkey-9 > connection > select; 2; loading stale fast allow_busy; 0 0 0; @fast @connection; ; 1.0.0; ;
8.0 8.6 valkey-8.1 valkey-9 > generic > randomkey; 1; readonly; 0 0 0; @keyspace @read @slow; request_policy:all_shards response_policy:special nondeterministic_output; 1.0.0; ;
8.0 8.6 valkey-8.1 valkey-9 > generic > scan; -2; readonly; 0 0 0; @keyspace @read @slow; nondeterministic_output request_policy:special response_policy:special; 2.8.0; MATCH COUNT TYPE;
8.0 8.6 valkey-8.1 valkey-9 > generic > wait; 3; blocking; 0 0 0; @slow @blocking @connection; request_policy:all_shards response_policy:agg_min; 3.0.0; ;
8.0 8.6 valkey-8.1 valkey-9 > generic > waitaof; 4; blocking; 0 0 0; @slow @blocking @connection; request_policy:all_shards response_policy:agg_min; 7.2.0; ;
8.0 > geo > georadius; -6; write denyoom movablekeys; 1 1 1; @write @geo @slow; ; 3.2.0; M KM FT MI WITHCOORD WITHDIST WITHHASH COUNT ANY ASC DESC STORE STOREDIST; ~RO access~index:1~range:0,1,0 & Incomplete because duplicate STORE options use last-wins; fall back to georadiusGetKeys~OW update incomplete~keyword:STORE,6~range:0,1,0 & Incomplete because duplicate STOREDIST options use last-wins; fall back to georadiusGetKeys~OW update incomplete~keyword:STOREDIST,6~range:0,1,0
valkey-9 > geo > georadius; -6; write denyoom movablekeys; 1 1 1; @write @geo @slow; ; 3.2.0; M KM FT MI WITHCOORD WITHDIST WITHHASH COUNT ANY ASC DESC STORE STOREDIST; ~RO access~index:1~range:0,1,0 & ~OW update variable_flags~keyword:STORE,6~range:0,1,0 & ~OW update variable_flags~keyword:STOREDIST,6~range:0,1,0
8.0 > geo > georadiusbymember; -5; write denyoom movablekeys; 1 1 1; @write @geo @slow; ; 3.2.0; M KM FT MI WITHCOORD WITHDIST WITHHASH COUNT ANY ASC DESC STORE STOREDIST; ~RO access~index:1~range:0,1,0 & Incomplete because duplicate STORE options use last-wins; fall back to georadiusGetKeys~OW update incomplete~keyword:STORE,5~range:0,1,0 & Incomplete because duplicate STOREDIST options use last-wins; fall back to georadiusGetKeys~OW update incomplete~keyword:STOREDIST,5~range:0,1,0
valkey-9 > geo > georadiusbymember; -5; write denyoom movablekeys; 1 1 1; @write @geo @slow; ; 3.2.0; M KM FT MI WITHCOORD WITHDIST WITHHASH COUNT ANY ASC DESC STORE STOREDIST; ~RO access~index:1~range:0,1,0 & ~OW update variable_flags~keyword:STORE,5~range:0,1,0 & ~OW update variable_flags~keyword:STOREDIST,5~range:0,1,0
valkey-9 > geo > geosearch; -7; readonly; 1 1 1; @read @geo @slow; ; 6.2.0; FROMMEMBER FROMLONLAT BYRADIUS M KM FT MI BYBOX BYPOLYGON ASC DESC COUNT ANY WITHCOORD WITHDIST WITHHASH; ~RO access~index:1~range:0,1,0
valkey-9 > geo > geosearchstore; -8; write denyoom; 1 2 1; @write @geo @slow; ; 6.2.0; FROMMEMBER FROMLONLAT BYRADIUS M KM FT MI BYBOX BYPOLYGON ASC DESC COUNT ANY STOREDIST; ~OW update~index:1~range:0,1,0 & ~RO access~index:2~range:0,1,0
8.0 8.6 valkey-9 > hash > hexpire; -6; write fast; 1 1 1; @write @hash @fast; ; 7.4.0; NX XX GT LT FIELDS; ~RW update~index:1~range:0,1,0
8.0 8.6 valkey-9 > hash > hexpireat; -6; write fast; 1 1 1; @write @hash @fast; ; 7.4.0; NX XX GT LT FIELDS; ~RW update~index:1~range:0,1,0
8.0 8.6 valkey-9 > hash > hexpiretime; -5; readonly fast; 1 1 1; @read @hash @fast; ; 7.4.0; FIELDS; ~RO access~index:1~range:0,1,0
8.0 8.6 valkey-9 > hash > hgetdel; -5; write fast; 1 1 1; @write @hash @fast; ; 8.0.0; FIELDS; ~RW access delete~index:1~range:0,1,0
8.0 8.6 > hash > hgetex; -5; write fast; 1 1 1; @write @hash @fast; ; 8.0.0; EX PX EXAT PXAT PERSIST FIELDS; RW and UPDATE because it changes the TTL~RW access update~index:1~range:0,1,0
valkey-9 > hash > hgetex; -5; write fast; 1 1 1; @write @hash @fast; ; 9.0.0; EX PX EXAT PXAT PERSIST FIELDS; ~RW access update~index:1~range:0,1,0
8.0 8.6 valkey-9 > hash > hpersist; -5; write fast; 1 1 1; @write @hash @fast; ; 7.4.0; FIELDS; ~RW update~index:1~range:0,1,0
8.0 8.6 valkey-9 > hash > hpexpire; -6; write fast; 1 1 1; @write @hash @fast; ; 7.4.0; NX XX GT LT FIELDS; ~RW update~index:1~range:0,1,0
8.0 8.6 valkey-9 > hash > hpexpireat; -6; write fast; 1 1 1; @write @hash @fast; ; 7.4.0; NX XX GT LT FIELDS; ~RW update~index:1~range:0,1,0
8.0 8.6 valkey-9 > hash > hpexpiretime; -5; readonly fast; 1 1 1; @read @hash @fast; ; 7.4.0; FIELDS; ~RO access~index:1~range:0,1,0
valkey-9 > hash > hpttl; -5; readonly fast; 1 1 1; @read @hash @fast; ; 9.0.0; FIELDS; ~RO access~index:1~range:0,1,0
8.0 8.6 > hash > hpttl; -5; readonly fast; 1 1 1; @read @hash @fast; nondeterministic_output; 7.4.0; FIELDS; ~RO access~index:1~range:0,1,0
8.0 8.6 valkey-8.1 valkey-9 > hash > hscan; -3; readonly; 1 1 1; @read @hash @slow; nondeterministic_output; 2.8.0; MATCH COUNT NOVALUES; ~RO access~index:1~range:0,1,0
8.0 8.6 > hash > hsetex; -6; write denyoom fast; 1 1 1; @write @hash @fast; ; 8.0.0; FNX FXX EX PX EXAT PXAT KEEPTTL FIELDS; ~RW update~index:1~range:0,1,0
valkey-9 > hash > hsetex; -6; write denyoom fast; 1 1 1; @write @hash @fast; ; 9.0.0; NX XX FNX FXX EX PX EXAT PXAT KEEPTTL FIELDS; ~RW insert~index:1~range:0,1,0
valkey-9 > hash > httl; -5; readonly fast; 1 1 1; @read @hash @fast; ; 9.0.0; FIELDS; ~RO access~index:1~range:0,1,0
8.0 8.6 > hash > httl; -5; readonly fast; 1 1 1; @read @hash @fast; nondeterministic_output; 7.4.0; FIELDS; ~RO access~index:1~range:0,1,0
8.0 8.6 valkey-8.1 valkey-9 > list > blmove; 6; write denyoom blocking; 1 2 1; @write @list @slow @blocking; ; 6.2.0; LEFT RIGHT; ~RW access delete~index:1~range:0,1,0 & ~RW insert~index:2~range:0,1,0
8.0 8.6 valkey-8.1 valkey-9 > list > blpop; -3; write blocking; 1 -2 1; @write @list @slow @blocking; ; 2.0.0; ; ~RW access delete~index:1~range:-2,1,0
8.0 8.6 valkey-8.1 valkey-9 > list > brpop; -3; write blocking; 1 -2 1; @write @list @slow @blocking; ; 2.0.0; ; ~RW access delete~index:1~range:-2,1,0
8.0 8.6 valkey-8.1 valkey-9 > list > brpoplpush; 4; write denyoom blocking; 1 2 1; @write @list @slow @blocking; ; 2.2.0; ; ~RW access delete~index:1~range:0,1,0 & ~RW insert~index:2~range:0,1,0
8.6 > pubsub > psubscribe; -2; denyoom pubsub noscript loading stale; 0 0 0; @pubsub @slow; ; 2.0.0; ;
8.6 > pubsub > ssubscribe; -2; denyoom pubsub noscript loading stale; 1 -1 1; @pubsub @slow; ; 7.0.0; ; ~not_key~index:1~range:-1,1,0
8.6 > pubsub > subscribe; -2; denyoom pubsub noscript loading stale; 0 0 0; @pubsub @slow; ; 2.0.0; ;
valkey-9 > scripting > script|debug; -3; noscript; 0 0 0; @slow @scripting; ; 3.2.0; YES SYNC NO;
valkey-9 > scripting > script|exists; -3; noscript stale; 0 0 0; @slow @scripting; request_policy:all_shards response_policy:agg_logical_and; 2.6.0; ;
valkey-9 > scripting > script|flush; -2; noscript stale; 0 0 0; @slow @scripting; request_policy:all_nodes response_policy:all_succeeded; 2.6.0; ASYNC SYNC;
valkey-9 > scripting > script|show; 3; noscript stale; 0 0 0; @slow @scripting; ; 8.0.0; ;
valkey-8.1 > scripting > script|show; 3; noscript; 0 0 0; @slow @scripting; ; 8.0.0; ;
8.0 8.6 valkey-8.1 valkey-9 > server > acl|deluser; -3; admin noscript loading stale; 0 0 0; @admin @slow @dangerous; request_policy:all_nodes response_policy:all_succeeded; 6.0.0; ;
8.0 8.6 valkey-8.1 valkey-9 > server > acl|save; 2; admin noscript loading stale; 0 0 0; @admin @slow @dangerous; request_policy:all_nodes response_policy:all_succeeded; 6.0.0; ;
8.0 8.6 valkey-8.1 valkey-9 > server > acl|setuser; -3; admin noscript loading stale; 0 0 0; @admin @slow @dangerous; request_policy:all_nodes response_policy:all_succeeded; 6.0.0; ;
valkey-8.1 valkey-9 > server > bgsave; -1; admin noscript no_async_loading; 0 0 0; @admin @slow @dangerous; ; 1.0.0; SCHEDULE CANCEL;
valkey-8.1 valkey-9 > server > commandlog; -2; ; 0 0 0; @slow; ; 8.1.0; ;
valkey-8.1 > server > commandlog|get; 4; admin loading stale; 0 0 0; @admin @slow @dangerous; request_policy:all_nodes nondeterministic_output; 8.1.0; ;
valkey-9 > server > commandlog|get; 4; admin loading stale; 0 0 0; @admin @slow @dangerous; request_policy:all_nodes nondeterministic_output; 8.1.0; SLOW LARGE-REQUEST LARGE-REPLY;
valkey-8.1 valkey-9 > server > commandlog|help; 2; loading stale; 0 0 0; @slow; ; 8.1.0; ;
valkey-8.1 > server > commandlog|len; 3; admin loading stale; 0 0 0; @admin @slow @dangerous; request_policy:all_nodes response_policy:agg_sum nondeterministic_output; 8.1.0; ;
valkey-9 > server > commandlog|len; 3; admin loading stale; 0 0 0; @admin @slow @dangerous; request_policy:all_nodes response_policy:agg_sum nondeterministic_output; 8.1.0; SLOW LARGE-REQUEST LARGE-REPLY;
valkey-8.1 > server > commandlog|reset; 3; admin loading stale; 0 0 0; @admin @slow @dangerous; request_policy:all_nodes response_policy:all_succeeded; 8.1.0; ;
valkey-9 > server > commandlog|reset; 3; admin loading stale; 0 0 0; @admin @slow @dangerous; request_policy:all_nodes response_policy:all_succeeded; 8.1.0; SLOW LARGE-REQUEST LARGE-REPLY;
8.0 8.6 valkey-8.1 valkey-9 > server > command|getkeys; -3; loading stale; 0 0 0; @slow @connection; ; 2.8.13; ;
8.0 8.6 valkey-8.1 valkey-9 > server > command|getkeysandflags; -3; loading stale; 0 0 0; @slow @connection; ; 7.0.0; ;
8.0 8.6 valkey-8.1 valkey-9 > server > config|resetstat; 2; admin noscript loading stale; 0 0 0; @admin @slow @dangerous; request_policy:all_nodes response_policy:all_succeeded; 2.0.0; ;
8.0 8.6 valkey-8.1 valkey-9 > server > config|rewrite; 2; admin noscript loading stale; 0 0 0; @admin @slow @dangerous; request_policy:all_nodes response_policy:all_succeeded; 2.8.0; ;
8.6 > server > hotkeys; -2; ; 0 0 0; @slow; ; 8.6.0; ;
8.6 > server > hotkeys|get; 2; admin noscript; 0 0 0; @admin @slow @dangerous; nondeterministic_output request_policy:special response_policy:special; 8.6.0; ;
8.6 > server > hotkeys|help; 2; loading stale; 0 0 0; @slow; ; 8.6.1; ;
8.6 > server > hotkeys|reset; 2; admin noscript; 0 0 0; @admin @slow @dangerous; request_policy:special; 8.6.0; ;
8.6 > server > hotkeys|start; -2; admin noscript; 0 0 0; @admin @slow @dangerous; request_policy:special; 8.6.0; METRICS CPU NET COUNT DURATION SAMPLE SLOTS;
8.6 > server > hotkeys|stop; 2; admin noscript; 0 0 0; @admin @slow @dangerous; request_policy:special; 8.6.0; ;
8.0 8.6 valkey-8.1 valkey-9 > server > latency|reset; -2; admin noscript loading stale; 0 0 0; @admin @slow @dangerous; request_policy:all_nodes response_policy:agg_sum; 2.8.13; ;
valkey-8.1 valkey-9 > server > memory|malloc-stats; 2; loading; 0 0 0; @slow; nondeterministic_output request_policy:all_shards response_policy:special; 4.0.0; ;
valkey-8.1 valkey-9 > server > memory|purge; 2; loading; 0 0 0; @slow; request_policy:all_shards response_policy:all_succeeded; 4.0.0; ;
valkey-9 > server > shutdown; -1; admin noscript loading stale no_multi allow_busy; 0 0 0; @admin @slow @dangerous; ; 1.0.0; NOSAVE SAVE NOW FORCE SAFE FAILOVER ABORT;
8.6 > server > trimslots; -5; write; 0 0 0; @keyspace @write @slow @dangerous; ; 8.4.0; RANGES;
8.0 8.6 valkey-8.1 valkey-9 > set > sinterstore; -3; write denyoom; 1 -1 1; @write @set @slow; ; 1.0.0; ; ~OW update~index:1~range:0,1,0 & ~RO access~index:2~range:-1,1,0
8.0 8.6 valkey-8.1 valkey-9 > sorted-set > bzpopmax; -3; write blocking fast; 1 -2 1; @write @sortedset @fast @blocking; ; 5.0.0; ; ~RW access delete~index:1~range:-2,1,0
8.0 8.6 valkey-8.1 valkey-9 > sorted-set > bzpopmin; -3; write blocking fast; 1 -2 1; @write @sortedset @fast @blocking; ; 5.0.0; ; ~RW access delete~index:1~range:-2,1,0
8.0 8.6 valkey-8.1 valkey-9 > sorted-set > zrank; -3; readonly fast; 1 1 1; @read @sortedset @fast; ; 2.0.0; WITHSCORE; ~RO access~index:1~range:0,1,0
8.0 8.6 valkey-8.1 valkey-9 > sorted-set > zrevrank; -3; readonly fast; 1 1 1; @read @sortedset @fast; ; 2.0.0; WITHSCORE; ~RO access~index:1~range:0,1,0
valkey-8.1 valkey-9 > sorted-set > zscan; -3; readonly; 1 1 1; @read @sortedset @slow; nondeterministic_output; 2.8.0; MATCH COUNT NOSCORES; ~RO access~index:1~range:0,1,0
8.6 > stream > xackdel; -6; write fast; 1 1 1; @write @stream @fast; ; 8.2.0; KEEPREF DELREF ACKED IDS; ~RW update delete~index:1~range:0,1,0
8.6 > stream > xadd; -5; write denyoom fast; 1 1 1; @write @stream @fast; nondeterministic_output; 5.0.0; NOMKSTREAM KEEPREF DELREF ACKED MAXLEN MINID = ~ LIMIT *; UPDATE instead of INSERT because of the optional trimming feature~RW update~index:1~range:0,1,0
8.6 > stream > xcfgset; -2; write fast; 1 1 1; @write @stream @fast; ; 8.6.0; IDMP-DURATION IDMP-MAXSIZE; ~RW update~index:1~range:0,1,0
8.6 > stream > xdelex; -5; write fast; 1 1 1; @write @stream @fast; ; 8.2.0; KEEPREF DELREF ACKED IDS; ~RW delete~index:1~range:0,1,0
8.6 > stream > xidmprecord; 5; write denyoom fast; 1 1 1; @write @stream @fast; ; 8.6.2; ; ~RW update~index:1~range:0,1,0
8.0 > stream > xread; -4; readonly blocking movablekeys; 0 0 0; @read @stream @slow @blocking; ; 5.0.0; COUNT BLOCK STREAMS; Incomplete because a stream key named STREAMS (or options before it) can shift the STREAMS keyword; fall back to xreadGetKeys~RO access incomplete~keyword:STREAMS,1~range:-1,1,2
8.6 > stream > xreadgroup; -7; write blocking movablekeys; 0 0 0; @write @stream @slow @blocking; ; 5.0.0; GROUP COUNT BLOCK CLAIM NOACK STREAMS; ~RO access~keyword:STREAMS,4~range:-1,1,2
8.0 > stream > xreadgroup; -7; write blocking movablekeys; 0 0 0; @write @stream @slow @blocking; ; 5.0.0; GROUP COUNT BLOCK NOACK STREAMS; Incomplete because a consumer/group named STREAMS (or options before GROUP) can shift the STREAMS keyword; fall back to xreadGetKeys~RO access incomplete~keyword:STREAMS,4~range:-1,1,2
8.6 > stream > xtrim; -4; write; 1 1 1; @write @stream @slow; nondeterministic_output; 5.0.0; MAXLEN MINID = ~ LIMIT KEEPREF DELREF ACKED; ~RW delete~index:1~range:0,1,0
8.6 > string > delex; -2; write fast; 1 1 1; @write @string @fast; ; 8.4.0; IFEQ IFNE IFDEQ IFDNE; ~RW delete variable_flags~index:1~range:0,1,0
valkey-9 > string > delifeq; 3; write fast; 1 1 1; @write @string @fast; ; 9.0.0; ; ~RM delete~index:1~range:0,1,0
8.6 > string > digest; 2; readonly fast; 1 1 1; @read @string @fast; ; 8.4.0; ; ~RO access~index:1~range:0,1,0
8.6 valkey-9 > string > msetex; -4; write denyoom movablekeys; 0 0 0; @write @string @slow; request_policy:multi_shard response_policy:all_succeeded; 8.4.0; NX XX EX PX EXAT PXAT KEEPTTL; ~OW update~index:1~keynum:0,1,2
8.0 8.6 valkey-8.1 valkey-9 > string > msetnx; -3; write denyoom; 1 -1 2; @write @string @slow; ; 1.0.1; ; ~OW insert~index:1~range:-1,2,0
valkey-8.1 valkey-9 > string > set; -3; write denyoom; 1 1 1; @write @string @slow; ; 1.0.0; NX XX IFEQ GET EX PX EXAT PXAT KEEPTTL; RW and ACCESS due to the optional \`GET\` argument~RW access update variable_flags~index:1~range:0,1,0
8.6 > string > set; -3; write denyoom; 1 1 1; @write @string @slow; ; 1.0.0; NX XX IFEQ IFNE IFDEQ IFDNE GET EX PX EXAT PXAT KEEPTTL; RW and ACCESS due to the optional \`GET\` argument~RW access update variable_flags~index:1~range:0,1,0
valkey-8.1 valkey-9 > transactions > exec; 1; noscript loading stale skip_commandlog; 0 0 0; @slow @transaction; ; 1.2.0; ;
valkey-8.1 valkey-9 > transactions > multi; 1; noscript loading stale fast no_multi allow_busy; 0 0 0; @fast @transaction; ; 1.2.0; ;
valkey-8.1 valkey-9 > transactions > watch; -2; noscript loading stale fast no_multi allow_busy; 1 -1 1; @fast @transaction; ; 2.2.0; ; ~RO~index:1~range:-1,1,0
`;
