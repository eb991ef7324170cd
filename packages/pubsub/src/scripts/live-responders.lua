-- Tells whose leases run.
-- KEYS[1]  responders, a sorted set: responder by the end of its lease in ms
-- ARGV[1]  how many responders at most
-- Returns  the responders whose lease runs
return redis.call('ZRANGEBYSCORE', KEYS[1], '(' .. string.format('%.0f', nowMs()), '+inf', 'LIMIT', 0, ARGV[1])
