-- Takes the retries that are due.
-- KEYS[1]  the log
-- KEYS[2]  the retries of the group
-- KEYS[3]  the failures of the group
-- ARGV[1]  group
-- ARGV[2]  consumer
-- ARGV[3]  the consumer in whose name retries wait
-- ARGV[4]  at most this many
-- Returns  { entries, each { id, fields, number of the delivery, failures }, ids whose payload is gone,
--          ms until the next is due (-1: none listed) }
local now = nowMs()
local due = redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', string.format('%.0f', now), 'LIMIT', 0, ARGV[4])
for _, id in ipairs(due) do
  local found = redis.call('XPENDING', KEYS[1], ARGV[1], id, id, 1)[1]
  if found and found[2] == ARGV[3] then
    take(id, found[4] + 1)
  else
    -- Settled or taken behind our back, by a tool or another library.
    redis.call('ZREM', KEYS[2], id)
    if not found then redis.call('HDEL', KEYS[3], id) end
  end
end
return { taken, lost, dueIn(KEYS[2], now) }
