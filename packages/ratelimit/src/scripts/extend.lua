-- Extends a lease of a concurrency limit that has not ended.
-- KEYS[1]  the limit's leases
-- ARGV[1]  the lease's token
-- ARGV[2]  its units
-- ARGV[3]  microseconds from now
-- Returns  1 extended, 0 it had ended
local now = nowMicros()
local ends = now + tonumber(ARGV[3])
local live = 0
for unit = 0, tonumber(ARGV[2]) - 1 do
  local member = ARGV[1] .. ' ' .. unit
  local score = redis.call('ZSCORE', KEYS[1], member)
  if score and tonumber(score) > now then
    redis.call('ZADD', KEYS[1], string.format('%.0f', ends), member)
    live = 1
  end
end
if live == 1 then
  local last = redis.call('ZRANGE', KEYS[1], -1, -1, 'WITHSCORES')[2]
  redis.call('PEXPIRE', KEYS[1], math.ceil((tonumber(last) - now) / 1000))
end
return live
