-- Says when a message that recurs is due next, unless it was cancelled, replaced or planned meanwhile.
-- KEYS[1]  when each scheduled message is due
-- KEYS[2]  the scheduled messages
-- ARGV[1]  id of the schedule
-- ARGV[2]  the recurrence it was planned by
-- ARGV[3]  due at this time, in ms ('': never again, and it is forgotten)
-- Returns  1 when it was planned or forgotten
local packed = redis.call('HGET', KEYS[2], ARGV[1])
if not packed then return 0 end
local fields, recurrence, zone, planned = unpack(cmsgpack.unpack(packed))
if planned == 1 or recurrence ~= ARGV[2] then return 0 end
if ARGV[3] == '' then
  redis.call('ZREM', KEYS[1], ARGV[1])
  return redis.call('HDEL', KEYS[2], ARGV[1])
end
redis.call('HSET', KEYS[2], ARGV[1], cmsgpack.pack({ fields, recurrence, zone, 1 }))
redis.call('ZADD', KEYS[1], ARGV[3], ARGV[1])
return 1
