-- Schedules a message: it is appended when it is due, by the clock of the server.
-- KEYS[1]  when each scheduled message is due
-- KEYS[2]  the scheduled messages
-- KEYS[3]  the stream that wakes
-- ARGV[1]  id of the schedule
-- ARGV[2]  due in so many ms ('': at a time)
-- ARGV[3]  due at this time, in ms
-- ARGV[4]  1: one of this id is replaced
-- ARGV[5]  the recurrence ('': once)
-- ARGV[6]  its time zone
-- ARGV[7…] the fields of the entry
-- Returns  { 1 when it was scheduled, 0 when one of this id is, due time in ms }
if ARGV[4] ~= '1' and redis.call('HEXISTS', KEYS[2], ARGV[1]) == 1 then
  return { 0, redis.call('ZSCORE', KEYS[1], ARGV[1]) or '0' }
end
local at = ARGV[3]
if ARGV[2] ~= '' then at = string.format('%.0f', nowMs() + tonumber(ARGV[2])) end
local fields = {}
for i = 7, #ARGV do fields[#fields + 1] = ARGV[i] end
redis.call('HSET', KEYS[2], ARGV[1], cmsgpack.pack({ fields, ARGV[5], ARGV[6], 1 }))
redis.call('ZADD', KEYS[1], at, ARGV[1])
if redis.call('ZRANGE', KEYS[1], 0, 0)[1] == ARGV[1] then wake(KEYS[3], '') end
return { 1, at }
