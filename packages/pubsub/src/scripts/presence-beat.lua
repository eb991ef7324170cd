-- Renews one node's lease, and hands out nodes whose lease is over, each to one caller at a time.
-- KEYS[1]  leases, a sorted set: node by the end of its lease in ms
-- KEYS[2]  dying, a sorted set: nodes whose lease is over, by when they may be taken
-- ARGV[1]  the node, or '' to look only
-- ARGV[2]  the lease in ms
-- ARGV[3]  'begin', or 'renew': only while the node has a lease
-- ARGV[4]  for how long a dying node is the caller's, in ms
-- ARGV[5]  how many nodes at most
-- Returns  { 1 or 0 when the node's lease is over, ms until the next lease or claim ends or -1, nodes that are the caller's now }
local now = nowMs()
local holds = 1
if ARGV[1] ~= '' then
  if ARGV[3] == 'renew' and not redis.call('ZSCORE', KEYS[1], ARGV[1]) then
    holds = 0
  else
    redis.call('ZADD', KEYS[1], now + ARGV[2], ARGV[1])
  end
end
for _, node in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now, 'LIMIT', 0, ARGV[5])) do
  redis.call('ZREM', KEYS[1], node)
  redis.call('ZADD', KEYS[2], now, node)
end
local taken = redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', now, 'LIMIT', 0, ARGV[5])
for _, node in ipairs(taken) do redis.call('ZADD', KEYS[2], now + ARGV[4], node) end
local wait = -1
for i = 1, 2 do
  local first = redis.call('ZRANGE', KEYS[i], 0, 0, 'WITHSCORES')
  if first[2] and (wait < 0 or first[2] - now < wait) then wait = math.max(0, first[2] - now) end
end
return { holds, wait, taken }
