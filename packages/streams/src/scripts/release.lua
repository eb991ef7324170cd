-- Gives entries back unharmed, due at once, and wakes the others; a consumer that leaves is removed if nothing is pending.
-- KEYS[1]  the log
-- KEYS[2]  the retries of the group
-- KEYS[3]  the stream that wakes
-- ARGV[1]  group
-- ARGV[2]  consumer
-- ARGV[3]  the consumer in whose name retries wait
-- ARGV[4]  1: the consumer leaves
-- ARGV[5…] per entry: id, number of the delivery
-- Returns  { entries released, 1 when the consumer was removed }
local released = 0
local now = string.format('%.0f', nowMs())
for i = 5, #ARGV, 2 do
  if owned(ARGV[i], ARGV[i + 1]) == 1 then
    -- The delivery does not count: nothing was tried.
    local before = math.max(0, tonumber(ARGV[i + 1]) - 1)
    local kept = redis.call('XCLAIM', KEYS[1], ARGV[1], ARGV[3], 0, ARGV[i], 'RETRYCOUNT', before, 'JUSTID')
    if #kept > 0 then
      redis.call('ZADD', KEYS[2], now, ARGV[i])
      released = released + 1
    end
  end
end
if released > 0 then wake(KEYS[3], ARGV[1]) end
local removed = 0
if ARGV[4] == '1' and #redis.call('XPENDING', KEYS[1], ARGV[1], '-', '+', 1, ARGV[2]) == 0 then
  redis.call('XGROUP', 'DELCONSUMER', KEYS[1], ARGV[1], ARGV[2])
  removed = 1
end
return { released, removed }
