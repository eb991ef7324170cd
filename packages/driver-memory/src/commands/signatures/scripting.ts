/** The scripting commands of Redis 7.0: their signatures, as `parseSignatures` reads them. */
export const scriptingSignatures: string = `
eval; -3; noscript stale skip_monitor no_mandatory_keys movablekeys; 0 0 0; @slow @scripting; ; 2.6.0; ; We cannot tell how the keys will be used so we assume the worst, RW and UPDATE~RW access update~index:2~keynum:0,1,1
eval_ro; -3; readonly noscript stale skip_monitor no_mandatory_keys movablekeys; 0 0 0; @slow @scripting; ; 7.0.0; ; We cannot tell how the keys will be used so we assume the worst, RO and ACCESS~RO access~index:2~keynum:0,1,1
evalsha; -3; noscript stale skip_monitor no_mandatory_keys movablekeys; 0 0 0; @slow @scripting; ; 2.6.0; ; ~RW access update~index:2~keynum:0,1,1
evalsha_ro; -3; readonly noscript stale skip_monitor no_mandatory_keys movablekeys; 0 0 0; @slow @scripting; ; 7.0.0; ; ~RO access~index:2~keynum:0,1,1
fcall; -3; noscript stale skip_monitor no_mandatory_keys movablekeys; 0 0 0; @slow @scripting; ; 7.0.0; ; We cannot tell how the keys will be used so we assume the worst, RW and UPDATE~RW access update~index:2~keynum:0,1,1
fcall_ro; -3; readonly noscript stale skip_monitor no_mandatory_keys movablekeys; 0 0 0; @slow @scripting; ; 7.0.0; ; We cannot tell how the keys will be used so we assume the worst, RO and ACCESS~RO access~index:2~keynum:0,1,1
function; -2; ; 0 0 0; @slow; ; 7.0.0; ; 
function|delete; 3; write noscript; 0 0 0; @write @slow @scripting; request_policy:all_shards response_policy:all_succeeded; 7.0.0; ; 
function|dump; 2; noscript; 0 0 0; @slow @scripting; ; 7.0.0; ; 
function|flush; -2; write noscript; 0 0 0; @write @slow @scripting; request_policy:all_shards response_policy:all_succeeded; 7.0.0; ASYNC SYNC; 
function|help; 2; loading stale; 0 0 0; @slow @scripting; ; 7.0.0; ; 
function|kill; 2; noscript allow_busy; 0 0 0; @slow @scripting; request_policy:all_shards response_policy:one_succeeded; 7.0.0; ; 
function|list; -2; noscript; 0 0 0; @slow @scripting; nondeterministic_output_order; 7.0.0; LIBRARYNAME WITHCODE; 
function|load; -3; write denyoom noscript; 0 0 0; @write @slow @scripting; request_policy:all_shards response_policy:all_succeeded; 7.0.0; REPLACE; 
function|restore; -3; write denyoom noscript; 0 0 0; @write @slow @scripting; request_policy:all_shards response_policy:all_succeeded; 7.0.0; FLUSH APPEND REPLACE; 
function|stats; 2; noscript allow_busy; 0 0 0; @slow @scripting; nondeterministic_output request_policy:all_shards response_policy:special; 7.0.0; ; 
script; -2; ; 0 0 0; @slow; ; 2.6.0; ; 
script|debug; 3; noscript; 0 0 0; @slow @scripting; ; 3.2.0; YES SYNC NO; 
script|exists; -3; noscript; 0 0 0; @slow @scripting; request_policy:all_shards response_policy:agg_logical_and; 2.6.0; ; 
script|flush; -2; noscript; 0 0 0; @slow @scripting; request_policy:all_nodes response_policy:all_succeeded; 2.6.0; ASYNC SYNC; 
script|help; 2; loading stale; 0 0 0; @slow @scripting; ; 5.0.0; ; 
script|kill; 2; noscript allow_busy; 0 0 0; @slow @scripting; request_policy:all_shards response_policy:one_succeeded; 2.6.0; ; 
script|load; 3; noscript stale; 0 0 0; @slow @scripting; request_policy:all_nodes response_policy:all_succeeded; 2.6.0; ; 
`;
