-- Puts an entry back to be tried again later: it stays pending, in nobody's name, and is listed with its due time.
-- KEYS[1]  the log
-- KEYS[2]  the retries of the group
-- KEYS[3]  the failures of the group
-- ARGV[1]  group
-- ARGV[2]  consumer
-- ARGV[3]  id
-- ARGV[4]  number of the delivery
-- ARGV[5]  delay in ms
-- ARGV[6]  the consumer in whose name retries wait
-- Returns  1 listed, 0 not pending any more, -1 somebody else has it, 2 the payload is gone and it was acknowledged
local id = ARGV[3]
local status = owned(id, ARGV[4])
if status ~= 1 then return status end
if not hand(id, ARGV[6], ARGV[4], KEYS[3]) then return 2 end
local now = nowMs()
countFailure(KEYS[3], id, now)
redis.call('ZADD', KEYS[2], string.format('%.0f', now + tonumber(ARGV[5])), id)
return 1
