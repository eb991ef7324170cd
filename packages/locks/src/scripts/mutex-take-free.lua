-- The short way of an acquire, tried before the whole one: the mutex is free, and nobody waits for it.
-- KEYS[1]  the mutex
-- ARGV     as for the whole acquire
-- Returns  fence; or goes on to the text that follows
local found = redis.call('GET', KEYS[1])
local last, lastToken
if found then last, lastToken = string.match(found, '^(%d+):0:([%w_-]+)::$') end
if not found or (last and lastToken ~= ARGV[1]) then
  local time = redis.call('TIME')
  -- Digits are put together and compared as digits: no number has to be printed.
  local fence = time[1] .. string.sub('00000' .. time[2], -6)
  if last and (#last > #fence or (#last == #fence and last >= fence)) then
    fence = string.format('%.0f', tonumber(last) + 1)
  end
  local till = time[1] * 1000 + math.floor(time[2] / 1000) + ARGV[2]
  local state = fence .. ':' .. till .. ':' .. ARGV[1] .. ':' .. (ARGV[5] or '') .. ':'
  redis.call('SET', KEYS[1], state, 'PX', ARGV[4])
  return fence
end
