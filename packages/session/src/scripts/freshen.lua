-- Notes that the user of a live session just proved who they are.
-- KEYS[1]  the session
-- KEYS[2]  its user's sessions
-- ARGV[1]  the session's entry there
-- ARGV[2]  idle time in ms
-- Returns  { 'live', now, { field, value, … } } without data;
--          { 'moved', to, generation, 1, arriving 0|1 }; { 'superseded' | 'revoked' | 'none' | 'foreign' }
local now = nowMs()
local found = look(KEYS[1], KEYS[2], ARGV[1], now, tonumber(ARGV[2]))
if found.state ~= 'live' then return otherwise(found) end
found.fresh = now
redis.call('HSET', KEYS[1], '@', renewHead(found))
return answer(found, now)
