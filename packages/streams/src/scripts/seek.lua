-- Moves a group to another place in the log, and wakes its consumers. What is pending stays pending.
-- KEYS[1]  the log
-- KEYS[2]  the stream that wakes
-- ARGV[1]  group
-- ARGV[2]  the id after which it reads on, or $
-- Returns  nothing
redis.call('XGROUP', 'SETID', KEYS[1], ARGV[1], ARGV[2])
wake(KEYS[2], ARGV[1])
return redis.status_reply('OK')
