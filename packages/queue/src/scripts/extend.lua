-- Prolongs the leases of jobs that are still at work by this delivery.
-- KEYS     see queue.lua
-- ARGV[8]  the lease, ms
-- then     per job: id, delivery
-- Returns  per job 1, 0 when it is lost, -1 when it is no longer in the queue
if foreign then return foreign end
local extended = {}
for i = 9, #ARGV, 2 do
  local ends = redis.call('ZSCORE', KEYS[4], ARGV[i])
  local ours = ends and tonumber(ends) > now and stateOf(ARGV[i]).delivery == tonumber(ARGV[i + 1])
  if ours then redis.call('ZADD', KEYS[4], now + ARGV[8], ARGV[i]) end
  extended[#extended + 1] = ours and 1 or redis.call('HEXISTS', KEYS[5], ARGV[i]) - 1
end
return extended
