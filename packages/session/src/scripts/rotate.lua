-- Gives a live session a new id of the same hash tag. The old key becomes a pointer: for a while it leads on, later its use is
-- a sign of theft. Twice with the same arguments is once.
-- KEYS[1]  the session under its old id
-- KEYS[2]  under the new one, which must not exist
-- KEYS[3]  its user's sessions
-- ARGV[1]  old entry there              ARGV[2]  new entry
-- ARGV[3]  idle time in ms              ARGV[4]  generation
-- ARGV[5]  where the pointer leads      ARGV[6]  ms for which it is followed     ARGV[7]  ms for which it is kept
-- ARGV[8]  1: the user just proved who they are, so the session is fresh
-- Returns  { 'live', now, { field, value, … } } without data, of the new id; { 'generation' }; { 'taken' };
--          { 'moved', to, generation, 1, arriving 0|1 }; { 'superseded' | 'revoked' | 'none' | 'foreign' }
local now = nowMs()
local idle = tonumber(ARGV[3])
local found = look(KEYS[1], KEYS[3], ARGV[1], now, idle)
if found.state == 'moved' and found.to == ARGV[5] then
  local made = look(KEYS[2], KEYS[3], ARGV[2], now, idle)
  if made.state == 'live' then return answer(made, now) end
  return otherwise(made)
end
if found.state ~= 'live' then return otherwise(found) end
if found.generation ~= ARGV[4] then return { 'generation' } end
if redis.call('EXISTS', KEYS[2]) == 1 then return { 'taken' } end

redis.call('RENAME', KEYS[1], KEYS[2])
if found.user then
  local line, info = unpack(redis.call('HMGET', KEYS[3], ARGV[1], 'i' .. ARGV[1]))
  -- In this order: a hash that loses its last field is gone, and its TTL with it.
  redis.call('HSET', KEYS[3], ARGV[2], line)
  if info then redis.call('HSET', KEYS[3], 'i' .. ARGV[2], info) end
  redis.call('HDEL', KEYS[3], ARGV[1], 'i' .. ARGV[1])
end
found.generation = text(found.generation + 1)
found.rotated = now
if ARGV[8] == '1' then found.fresh = now end
redis.call('HSET', KEYS[2], '@', renewHead(found))
touch(found, KEYS[2], KEYS[3], ARGV[2], now, idle, 0)
redis.call('HSET', KEYS[1], '@', pointer('f', now + ARGV[6], found.generation, ARGV[5]))
redis.call('PEXPIREAT', KEYS[1], text(math.min(found.ends, now + math.max(ARGV[6] + 0, ARGV[7] + 0))))
return answer(found, now)
