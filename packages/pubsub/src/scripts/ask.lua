-- Publishes a request, and tells who has a lease to answer it, in one act.
-- KEYS[1]  responders, a sorted set: responder by the end of its lease in ms
-- KEYS[2]  the channel
-- ARGV[1]  the frame
-- ARGV[2]  PUBLISH or SPUBLISH
-- ARGV[3]  how many responders at most
-- Returns  the responders whose lease runs
local now = string.format('%.0f', nowMs())
local responders = redis.call('ZRANGEBYSCORE', KEYS[1], '(' .. now, '+inf', 'LIMIT', 0, ARGV[3])
redis.call(ARGV[2], KEYS[2], ARGV[1])
return responders
