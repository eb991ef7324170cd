-- A write is stored where it belongs. One that readers never got (its writer died in between) ends what they have instead.
-- KEYS[1]  the entry
-- KEYS[2]  its lease
-- KEYS[3]  the last write of the key
-- ARGV[1]  the id of what was stored
-- ARGV[2]  how long that is remembered, ms; 0: until it is told again, since older writes of the key are still in the log
-- Returns  1: readers have it, or a later one; 0: they had not, and the entry is gone
local write = readWrite(KEYS[3])
local known = reaches(write, ARGV[1])
local ms, sequence = idOf(ARGV[1])
local last = not known or (write.ms == ms and write.sequence == sequence)
if last and ARGV[2] == '0' then
  redis.call('SET', KEYS[3], 'S ' .. ARGV[1])
elseif last then
  redis.call('SET', KEYS[3], 'S ' .. ARGV[1], 'PX', ARGV[2])
end
if known then return 1 end
local lease = readLease(KEYS[2])
redis.call('DEL', KEYS[1], KEYS[2])
wakeWaiters(KEYS[2], lease)
return 0
