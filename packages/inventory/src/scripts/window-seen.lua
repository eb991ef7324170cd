-- Notes a member of a window, and says whether it was there.
-- KEYS[1]  sorted set of members by when they were seen, microseconds
-- ARGV[1]  the window, ms
-- ARGV[2]  at most so many members
-- ARGV[3]  the member
-- ARGV[4]  first: its first sight counts; last: its latest
-- Returns  1 when it was seen within the window, else 0
local now = nowMicros()
local start = now - ARGV[1] * 1000
local score = redis.call('ZSCORE', KEYS[1], ARGV[3])
local seen = score and tonumber(score) > start
if seen and ARGV[4] == 'first' then return 1 end
redis.call('ZADD', KEYS[1], now, ARGV[3])
redis.call('PEXPIRE', KEYS[1], ARGV[1])
-- Two go for each that comes, so that it shrinks to what is alive without ever taking long.
local old = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', start, 'LIMIT', 0, 2)
if #old > 0 then redis.call('ZREM', KEYS[1], unpack(old)) end
local excess = redis.call('ZCARD', KEYS[1]) - ARGV[2]
if excess > 0 then redis.call('ZREMRANGEBYRANK', KEYS[1], 0, math.min(excess, 100) - 1) end
return seen and 1 or 0
