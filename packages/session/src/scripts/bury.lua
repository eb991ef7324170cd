-- Removes a session that has run out and was told of; one that lives after all (a clock stepped back) stays.
-- KEYS[1]  the session
-- KEYS[2]  its user's sessions
-- ARGV[1]  the session's entry there
-- ARGV[2]  idle time in ms
-- ARGV[3]  channel on which ends are told
-- Returns  1 | 0
local found = look(KEYS[1], KEYS[2], ARGV[1], nowMs(), tonumber(ARGV[2]))
if not found.over then return 0 end
redis.call('HDEL', KEYS[2], ARGV[1], 'i' .. ARGV[1])
redis.call('DEL', KEYS[1])
tell(ARGV[3], KEYS[2])
return 1
