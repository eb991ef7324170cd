-- A write is in the log: from here on readers get it, wherever it is stored as yet.
-- KEYS[1]  the entry
-- KEYS[2]  its lease
-- KEYS[3]  the last write of the key
-- ARGV[1]  the id that the log gave
-- ARGV[2]  the entry's bytes
-- ARGV[3]  how long they live, ms
-- ARGV[4]  how long after the log had it this may be at most, ms
-- Returns  1: readers get it; 0: a later one is here, or it is stored already; -1: too late, nothing changed
if reaches(readWrite(KEYS[3]), ARGV[1]) then return 0 end
local appendedMs = idOf(ARGV[1])
if nowMs() - appendedMs > tonumber(ARGV[4]) then return -1 end
local lease = readLease(KEYS[2])
redis.call('SET', KEYS[3], 'P ' .. ARGV[1] .. ' ' .. ARGV[2])
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
redis.call('DEL', KEYS[2])
wakeWaiters(KEYS[2], lease)
return 1
