-- Counts the responders whose lease runs.
-- KEYS[1]  responders, a sorted set: responder by the end of its lease in ms
-- ARGV[1]  unused; ''
-- Returns  how many
return redis.call('ZCOUNT', KEYS[1], '(' .. string.format('%.0f', nowMs()), '+inf')
