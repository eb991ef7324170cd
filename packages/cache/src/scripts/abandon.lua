-- Gives a lease up without storing anything; remembers why when the loader failed, for twice as long with each time in a row.
-- KEYS[1]  the lease
-- ARGV[1]  its token
-- ARGV[2]  how long a first failure is remembered, ms; 0: not at all
-- ARGV[3]  how long one is at most, ms
-- ARGV[4]  what failed
-- Returns  1: given up; 0: the lease was dead already
local lease = readLease(KEYS[1])
if not lease or lease.kind ~= 'L' or lease.token ~= ARGV[1] then return 0 end
local firstMs = tonumber(ARGV[2])
if firstMs > 0 then
  local failures = math.min(lease.failures + 1, 50)
  local ms = math.min(firstMs * 2 ^ (failures - 1), tonumber(ARGV[3]))
  local text = string.format('F %s %.0f %s %d %.0f ', lease.origin, lease.position, lease.token, failures, nowMs() + ms)
  redis.call('SET', KEYS[1], text .. ARGV[4], 'PX', string.format('%.0f', 2 * ms))
else
  redis.call('DEL', KEYS[1])
end
wakeWaiters(KEYS[1], lease)
return 1
