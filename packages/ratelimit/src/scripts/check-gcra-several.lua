-- Decides for several plain GCRA limits, all or nothing: what check.lua does, the shortest way.
-- KEYS     the state of each limit for its identifier
-- ARGV[1]  1: charge when every limit has room; 0: only look
-- ARGV[2…] for each limit: interval, capacity and cost, as in check-gcra.lua
-- Returns  for each limit as check.lua: 1 room or 0 none; remaining; retry after ms (-1 never); reset ms; 0; receipt
local now = nowMicros()
local aheads, needs = {}, {}
local room = true
for i, key in ipairs(KEYS) do
  local capacity = tonumber(ARGV[3 * i])
  local ahead, need = aheadOf(key, now, capacity), ARGV[3 * i + 1] * ARGV[3 * i - 1]
  aheads[i], needs[i] = ahead, need
  room = room and ahead + need <= capacity
end

local charges = room and ARGV[1] == '1'
local answer = {}
for i, key in ipairs(KEYS) do
  local interval, capacity, ahead, need = tonumber(ARGV[3 * i - 1]), tonumber(ARGV[3 * i]), aheads[i], needs[i]
  local over = ahead + need - capacity
  local retry, receipt = 0, ''
  if over > 0 then retry = need > capacity and -1 or math.ceil(over / 1000000) end
  if charges then
    ahead = ahead + need
    receipt = keepAhead(key, now, ahead)
  end
  local base = 6 * i
  answer[base - 5], answer[base - 4], answer[base - 3] = over > 0 and 0 or 1, math.floor((capacity - ahead) / interval), retry
  answer[base - 2], answer[base - 1], answer[base] = math.ceil(ahead / 1000000), 0, receipt
end
return answer
