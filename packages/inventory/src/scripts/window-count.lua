-- How many members of a window were seen in the last so many ms.
-- KEYS[1]  sorted set of members by when they were seen, microseconds
-- ARGV[1]  how long ago at most, ms
-- Returns  the number
return redis.call('ZCOUNT', KEYS[1], '(' .. string.format('%.0f', nowMicros() - ARGV[1] * 1000), '+inf')
