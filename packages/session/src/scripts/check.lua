-- Whether a session lives, for who watches it: no use of it, and without its data.
-- KEYS[1]  the session
-- KEYS[2]  its user's sessions
-- ARGV[1]  the session's entry there
-- ARGV[2]  idle time in ms
-- Returns  { 'live', now, { field, value, … } } without data;
--          { 'moved', to, generation, 1, arriving 0|1 }; { 'superseded' | 'revoked' | 'none' | 'foreign' }
local now = nowMs()
local found = look(KEYS[1], KEYS[2], ARGV[1], now, tonumber(ARGV[2]))
if found.state ~= 'live' then return otherwise(found) end
return answer(found, now)
