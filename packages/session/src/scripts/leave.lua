-- Takes a live session from its key, to be created elsewhere: at login, or with a new secret, among the user's sessions in another
-- slot. The key becomes a pointer. Its place among a user's sessions stays until the other one replaces it.
-- Twice with the same arguments is once: what stood there is put aside for as long as this may be asked again. One that was put
-- back meanwhile does not leave again.
-- KEYS[1]  the session
-- KEYS[2]  its user's sessions
-- KEYS[3]  where it is put aside
-- ARGV[1]  the session's entry there
-- ARGV[2]  idle time in ms              ARGV[3]  generation
-- ARGV[4]  where it goes                ARGV[5]  ms for which its use is no sign of theft   ARGV[6]  ms for which the pointer is kept
-- ARGV[7]  channel on which ends are told
-- ARGV[8]  's': nobody follows the pointer; 'm': parallel requests do, and wait until it leads somewhere
-- ARGV[9]  ms for which this may be asked again
-- Returns  { 'live', now, { field, value, … } } with its data and, as `i`, its description for lists; { 'generation' }; { 'taken' };
--          { 'moved', to, generation, 1, arriving 0|1 }; { 'superseded' | 'revoked' | 'none' | 'foreign' }
local now = nowMs()
local found = look(KEYS[1], KEYS[2], ARGV[1], now, tonumber(ARGV[2]))
local flat = found.flat
if found.state == 'moved' and found.to == ARGV[4] then
  flat = redis.call('HGETALL', KEYS[3])
  if #flat == 0 then return otherwise(found) end
else
  if found.state ~= 'live' then return otherwise(found) end
  if redis.call('EXISTS', KEYS[3]) == 1 then return { 'taken' } end
  if found.generation ~= ARGV[3] then return { 'generation' } end
  redis.call('RENAME', KEYS[1], KEYS[3])
  redis.call('PEXPIRE', KEYS[3], ARGV[9])
  redis.call('HSET', KEYS[1], '@', pointer(ARGV[8], now + ARGV[5], text(found.generation + 1), ARGV[4]))
  redis.call('PEXPIREAT', KEYS[1], text(math.min(found.ends, now + math.max(ARGV[5] + 0, ARGV[6] + 0))))
  tell(ARGV[7], KEYS[2])
end
local info = redis.call('HGET', KEYS[2], 'i' .. ARGV[1])
if info then
  flat[#flat + 1] = 'i'
  flat[#flat + 1] = info
end
return { 'live', now, flat }
