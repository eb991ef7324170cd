-- Ends all sessions of a user: they live only while this key names them.
-- KEYS[1]  the user's sessions
-- ARGV[1]  channel on which ends are told
-- Returns  1 | 0, when there were none
local ended = redis.call('UNLINK', KEYS[1])
if ended == 1 then tell(ARGV[1], KEYS[1]) end
return ended
