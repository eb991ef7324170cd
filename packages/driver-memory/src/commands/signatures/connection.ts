/** The connection commands of Redis 7.0: their signatures, as `parseSignatures` reads them. */
export const connectionSignatures: string = `
auth; -2; noscript loading stale fast no_auth allow_busy; 0 0 0; @fast @connection; ; 1.0.0; ; 
client; -2; ; 0 0 0; @slow; ; 2.4.0; ; 
client|caching; 3; noscript loading stale; 0 0 0; @slow @connection; ; 6.0.0; YES NO; 
client|getname; 2; noscript loading stale; 0 0 0; @slow @connection; ; 2.6.9; ; 
client|getredir; 2; noscript loading stale; 0 0 0; @slow @connection; ; 6.0.0; ; 
client|help; 2; loading stale; 0 0 0; @slow @connection; ; 5.0.0; ; 
client|id; 2; noscript loading stale; 0 0 0; @slow @connection; ; 5.0.0; ; 
client|info; 2; noscript loading stale; 0 0 0; @slow @connection; nondeterministic_output; 6.2.0; ; 
client|kill; -3; admin noscript loading stale; 0 0 0; @admin @slow @dangerous @connection; ; 2.4.0; ID TYPE NORMAL MASTER SLAVE REPLICA PUBSUB USER ADDR LADDR SKIPME; 
client|list; -2; admin noscript loading stale; 0 0 0; @admin @slow @dangerous @connection; nondeterministic_output; 2.4.0; TYPE NORMAL MASTER REPLICA PUBSUB ID; 
client|no-evict; 3; admin noscript loading stale; 0 0 0; @admin @slow @dangerous @connection; ; 7.0.0; ON OFF; 
client|pause; -3; admin noscript loading stale; 0 0 0; @admin @slow @dangerous @connection; ; 2.9.50; WRITE ALL; 
client|reply; 3; noscript loading stale; 0 0 0; @slow @connection; ; 3.2.0; ON OFF SKIP; 
client|setname; 3; noscript loading stale; 0 0 0; @slow @connection; ; 2.6.9; ; 
client|tracking; -3; noscript loading stale; 0 0 0; @slow @connection; ; 6.0.0; ON OFF REDIRECT PREFIX BCAST OPTIN OPTOUT NOLOOP; 
client|trackinginfo; 2; noscript loading stale; 0 0 0; @slow @connection; ; 6.2.0; ; 
client|unblock; -3; admin noscript loading stale; 0 0 0; @admin @slow @dangerous @connection; ; 5.0.0; TIMEOUT ERROR; 
client|unpause; 2; admin noscript loading stale; 0 0 0; @admin @slow @dangerous @connection; ; 6.2.0; ; 
echo; 2; loading stale fast; 0 0 0; @fast @connection; ; 1.0.0; ; 
hello; -1; noscript loading stale fast no_auth allow_busy; 0 0 0; @fast @connection; ; 6.0.0; AUTH SETNAME; 
ping; -1; fast; 0 0 0; @fast @connection; request_policy:all_shards response_policy:all_succeeded; 1.0.0; ; 
quit; -1; noscript loading stale fast no_auth allow_busy; 0 0 0; @fast @connection; ; 1.0.0; ; 
reset; 1; noscript loading stale fast no_auth allow_busy; 0 0 0; @fast @connection; ; 6.2.0; ; 
select; 2; loading stale fast; 0 0 0; @fast @connection; ; 1.0.0; ; 
`;
