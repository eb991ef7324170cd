-- Removes members that were taken and dealt with, unless they were taken again or added anew meanwhile.
-- KEYS[1]  the due set
-- ARGV[1]  the time until which they were hidden
-- ARGV[2…] the members
-- Returns  how many were removed
local removed = 0
for i = 2, #ARGV do
  if tonumber(redis.call('ZSCORE', KEYS[1], ARGV[i]) or '-1') == tonumber(ARGV[1]) then
    removed = removed + redis.call('ZREM', KEYS[1], ARGV[i])
  end
end
return removed
