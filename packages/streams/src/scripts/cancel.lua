-- Cancels a scheduled message.
-- KEYS[1]  when each scheduled message is due
-- KEYS[2]  the scheduled messages
-- ARGV[1]  id of the schedule
-- Returns  1 when there was one
redis.call('ZREM', KEYS[1], ARGV[1])
return redis.call('HDEL', KEYS[2], ARGV[1])
