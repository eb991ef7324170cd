-- Takes a session that was created in another slot off the list of its user. Not on it any more, it was ended meanwhile. Twice is
-- once: the pointer that the session left is marked with where it stands, and by that the second run knows the first.
-- KEYS[1]  the user's sessions
-- KEYS[2]  the session there: the pointer to where it stands now
-- ARGV[1]  the session's entry there
-- ARGV[2]  where it stands now
-- ARGV[3]  channel on which ends are told
-- Returns  1 | 0
local old = look(KEYS[2], KEYS[1], ARGV[1], nowMs(), 0)
local leads = old.state == 'moved' and old.to == ARGV[2]
if redis.call('HDEL', KEYS[1], ARGV[1]) == 0 then
  if leads and redis.call('HGET', KEYS[2], 'o') == ARGV[2] then return 1 end
  return 0
end
redis.call('HDEL', KEYS[1], 'i' .. ARGV[1])
if leads then redis.call('HSET', KEYS[2], 'o', ARGV[2]) end
tell(ARGV[3], KEYS[1])
return 1
