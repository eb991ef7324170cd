-- Gives a lease up without storing anything; remembers why when the loader failed.
-- KEYS[1]  the lease
-- ARGV[1]  its token
-- ARGV[2]  how long the failure is remembered, ms; 0: not at all
-- ARGV[3]  what failed
-- Returns  1: given up; 0: the lease was dead already
local lease = readLease(KEYS[1])
if not lease or lease.kind ~= 'L' or lease.token ~= ARGV[1] then return 0 end
if tonumber(ARGV[2]) > 0 then
  local failure = 'F ' .. lease.origin .. ' ' .. string.format('%.0f', lease.position) .. ' ' .. lease.token
  redis.call('SET', KEYS[1], failure .. ' ' .. ARGV[3], 'PX', ARGV[2])
else
  redis.call('DEL', KEYS[1])
end
wakeWaiters(KEYS[1], lease)
return 1
