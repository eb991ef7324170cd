-- Ends a tenure at once; its generation is remembered for a minute.
-- KEYS[1]  the tenure of the partition
-- ARGV[1]  the member
-- ARGV[2]  its generation
-- Returns  1 ended, 0 it was over before
local tenure = redis.call('HMGET', KEYS[1], 'o', 'g')
if tenure[1] ~= ARGV[1] or tenure[2] ~= ARGV[2] then return 0 end
redis.call('HSET', KEYS[1], 'u', '0')
redis.call('PEXPIRE', KEYS[1], 60000)
return 1
