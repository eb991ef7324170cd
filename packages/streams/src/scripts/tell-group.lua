-- Tells the members of a group of a partitioned stream that there is something to take over; a member may leave with it.
-- KEYS[1]  the members of the group
-- KEYS[2]  the stream that wakes
-- ARGV[1]  the member that leaves ('': nobody does)
-- ARGV[2]  group
-- Returns  nothing
if ARGV[1] ~= '' then redis.call('ZREM', KEYS[1], ARGV[1]) end
wake(KEYS[2], ARGV[2])
return redis.status_reply('OK')
