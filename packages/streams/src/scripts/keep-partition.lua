-- Prolongs a tenure, if nobody else has got the partition since.
-- KEYS[1]  the tenure of the partition
-- ARGV[1]  the member
-- ARGV[2]  its generation
-- ARGV[3]  for how many ms from now
-- Returns  1 prolonged, 0 it is over
local tenure = redis.call('HMGET', KEYS[1], 'o', 'g')
if tenure[1] ~= ARGV[1] or tenure[2] ~= ARGV[2] then return 0 end
redis.call('HSET', KEYS[1], 'u', string.format('%.0f', nowMs() + tonumber(ARGV[3])))
redis.call('PEXPIRE', KEYS[1], tonumber(ARGV[3]) + 60000)
return 1
