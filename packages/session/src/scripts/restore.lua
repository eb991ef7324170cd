-- Puts back a session that left for another place and was not taken in there; not when it was ended meanwhile.
-- KEYS[1]  the session
-- KEYS[2]  its user's sessions
-- ARGV[1]  the session's entry there
-- ARGV[2]  where it was to go
-- ARGV[3]  idle time in ms
-- ARGV[4]  1: it is a user's
-- ARGV[5…] field, value, …, as they were taken
-- Returns  1 | 0
local now = nowMs()
local found = look(KEYS[1], KEYS[2], ARGV[1], now, tonumber(ARGV[3]))
if found.state ~= 'moved' or found.to ~= ARGV[2] then return 0 end
if ARGV[4] == '1' and redis.call('HEXISTS', KEYS[2], ARGV[1]) == 0 then return 0 end
redis.call('DEL', KEYS[1])
for i = 5, #ARGV, 2 do redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 1]) end
-- What stands there now tells how long it may.
redis.call('PEXPIREAT', KEYS[1], lasts(look(KEYS[1], KEYS[2], ARGV[1], now, tonumber(ARGV[3])), tonumber(ARGV[3])))
return 1
