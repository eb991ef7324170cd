-- Takes a live session from its key, to be created elsewhere: at login, or with a new secret, among the user's sessions in another
-- slot. The key becomes a pointer. Its place among a user's sessions stays until the other one replaces it.
-- KEYS[1]  the session
-- KEYS[2]  its user's sessions
-- ARGV[1]  the session's entry there
-- ARGV[2]  idle time in ms              ARGV[3]  generation
-- ARGV[4]  where it goes                ARGV[5]  ms for which its use is no sign of theft   ARGV[6]  ms for which the pointer is kept
-- ARGV[7]  channel on which ends are told
-- ARGV[8]  's': nobody follows the pointer; 'm': parallel requests do, and wait until it leads somewhere
-- Returns  { 'live', now, { field, value, … } } with its data and, as `i`, its description for lists; { 'generation' };
--          { 'moved', to, generation, 1, arriving 0|1 }; { 'superseded' | 'revoked' | 'none' | 'foreign' }
local now = nowMs()
local found = look(KEYS[1], KEYS[2], ARGV[1], now, tonumber(ARGV[2]))
if found.state ~= 'live' then return otherwise(found) end
if found.generation ~= ARGV[3] then return { 'generation' } end
redis.call('DEL', KEYS[1])
redis.call('HSET', KEYS[1], '@', pointer(ARGV[8], now + ARGV[5], text(found.generation + 1), ARGV[4]))
redis.call('PEXPIREAT', KEYS[1], text(math.min(found.ends, now + math.max(ARGV[5] + 0, ARGV[6] + 0))))
tell(ARGV[7], KEYS[2])
local flat = found.flat
local info = found.user and redis.call('HGET', KEYS[2], 'i' .. ARGV[1])
if info then
  flat[#flat + 1] = 'i'
  flat[#flat + 1] = info
end
return { 'live', now, flat }
