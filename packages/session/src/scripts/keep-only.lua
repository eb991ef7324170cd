-- Ends all sessions of a user but the one that asks.
-- KEYS[1]  the session
-- KEYS[2]  its user's sessions
-- ARGV[1]  the session's entry there
-- ARGV[2]  idle time in ms
-- ARGV[3]  channel on which ends are told
-- Returns  { 'live', now, { field, value, … } } without data;
--          { 'moved', to, generation, 1, arriving 0|1 }; { 'superseded' | 'revoked' | 'none' | 'foreign' }
local now = nowMs()
local found = look(KEYS[1], KEYS[2], ARGV[1], now, tonumber(ARGV[2]))
if found.state ~= 'live' then return otherwise(found) end
if found.user then
  local line, info = unpack(redis.call('HMGET', KEYS[2], ARGV[1], 'i' .. ARGV[1]))
  redis.call('UNLINK', KEYS[2])
  redis.call('HSET', KEYS[2], ARGV[1], line)
  if info then redis.call('HSET', KEYS[2], 'i' .. ARGV[1], info) end
  redis.call('PEXPIREAT', KEYS[2], text(found.ends + (found.kept or 0)))
  tell(ARGV[3], KEYS[2])
end
return answer(found, now)
