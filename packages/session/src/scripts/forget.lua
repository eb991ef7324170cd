-- Takes a session that was created in another slot off the list of its user. Not on it any more, it was ended meanwhile.
-- KEYS[1]  the user's sessions
-- ARGV[1]  the session's entry there
-- ARGV[2]  channel on which ends are told
-- Returns  1 | 0
local there = redis.call('HDEL', KEYS[1], ARGV[1])
redis.call('HDEL', KEYS[1], 'i' .. ARGV[1])
tell(ARGV[2], KEYS[1])
return there
