-- Members of a window that were seen in the last so many ms, the latest first.
-- KEYS[1]  sorted set of members by when they were seen, microseconds
-- ARGV[1]  how long ago at most, ms
-- ARGV[2]  how many
-- Returns  the members
local start = '(' .. string.format('%.0f', nowMicros() - ARGV[1] * 1000)
return redis.call('ZRANGE', KEYS[1], '+inf', start, 'BYSCORE', 'REV', 'LIMIT', 0, ARGV[2])
