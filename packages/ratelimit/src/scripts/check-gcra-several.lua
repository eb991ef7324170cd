-- Decides for several plain GCRA limits, all or nothing: what check.lua does, the shortest way.
-- KEYS     the state of each limit for its identifier
-- ARGV[1]  1: charge when every limit has room; 0: only look
-- ARGV[2…] for each limit: need and capacity, as in check-gcra.lua
-- Returns  { 1 every limit has room or 0; then for each: nanoseconds booked ahead, and receipt, as in check-gcra.lua }
local now = nowMicros()
local answer, afters = { 1 }, {}
for i, key in ipairs(KEYS) do
  local capacity = tonumber(ARGV[2 * i + 1])
  local ahead = aheadOf(key, now, capacity)
  local after = ahead + ARGV[2 * i]
  if after > capacity then answer[1] = 0 end
  afters[i], answer[2 * i], answer[2 * i + 1] = after, ahead, ''
end
if answer[1] == 1 and ARGV[1] == '1' then
  for i, key in ipairs(KEYS) do
    answer[2 * i], answer[2 * i + 1] = afters[i], keepAhead(key, now, afters[i])
  end
end
return answer
