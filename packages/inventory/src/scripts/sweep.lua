-- A sweep by one of those who sweep again and again: whoever has the lease, or takes it. No lease is believed that is longer than
-- the caller's own or has no end: a slower process took it, a clock stepped back, or another hand made it last.
-- KEYS     see stock.lua
-- KEYS[10] the token of whoever sweeps; ends with the lease
-- ARGV[4]  the caller's token
-- ARGV[5]  for how long it takes the lease, ms
-- Returns  { 'swept', '1' when there is more to do at once, else '0' } | { 'other', ms until another's lease ends }
if foreign then return foreign end
local holder = redis.call('GET', KEYS[10])
local left = redis.call('PTTL', KEYS[10])
if holder and holder ~= ARGV[4] and left >= 0 and left <= tonumber(ARGV[5]) then return answer('other', whole(left)) end
redis.call('SET', KEYS[10], ARGV[4], 'PX', ARGV[5])
local wasFull = takeBack() == tonumber(ARGV[3])
handOver(linesOf(64))
return answer('swept', (wasFull or (looksLeft == 0 and #granted > 0)) and '1' or '0')
