-- Looks whether a session has run out and was not ended before, so that its end can be told. Changes nothing.
-- KEYS[1]  the session
-- KEYS[2]  its user's sessions
-- ARGV[1]  the session's entry there
-- ARGV[2]  idle time in ms
-- Returns  { 'over', now, { field, value, … } } with its data; { 'live', now, { field, value, … } } without;
--          { 'moved', to, generation, 1, arriving 0|1 }; { 'superseded' | 'revoked' | 'none' | 'foreign' }
local now = nowMs()
local found = look(KEYS[1], KEYS[2], ARGV[1], now, tonumber(ARGV[2]))
if found.state == 'live' then return answer(found, now) end
if not found.over then return otherwise(found) end
if found.user and redis.call('HEXISTS', KEYS[2], ARGV[1]) == 0 then return { 'revoked' } end
return { 'over', now, found.flat }
