-- Loads a session of a framework's store. Writes nothing.
-- KEYS[1]  the session
-- KEYS[2]  the index of its shard
-- ARGV[1]  the session's entry there
-- Returns  { 'live', ms until its end, { field, value, … } }; { 'none' | 'revoked' | 'foreign' }
local now = nowMs()
local state, flat, ends = stand(KEYS[1], KEYS[2], ARGV[1], now)
if state ~= 'live' then return { state } end
return { 'live', ends - now, flat }
