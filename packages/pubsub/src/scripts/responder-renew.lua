-- Begins or renews the lease of one responder. The key lasts as long as the longest lease.
-- KEYS[1]  responders, a sorted set: responder by the end of its lease in ms
-- ARGV[1]  the responder
-- ARGV[2]  the lease in ms
-- Returns  1
local now = nowMs()
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
redis.call('ZADD', KEYS[1], now + ARGV[2], ARGV[1])
local last = redis.call('ZRANGE', KEYS[1], -1, -1, 'WITHSCORES')
redis.call('PEXPIREAT', KEYS[1], string.format('%.0f', last[2]))
return 1
