-- Carries what was used under one policy over to another of the same algorithm.
-- KEYS[1]  the state of the limit
-- ARGV[1]  the former policy's words, as in check.lua
-- ARGV[2]  the new policy's words
-- ARGV[3]  the former capacity in units
-- ARGV[4]  the new capacity in units
-- ARGV[5]  'keep': the units used stay used; 'scale': the share stays; 'reset': nothing is carried over
-- Returns  { units used before, units used after }
local now = nowMicros()
local function open(words)
  local word = string.gmatch(words, '%S+')
  local rule = rules[word()]
  return rule(KEYS[1], now, tonumber(word()), tonumber(word()), tonumber(word()), tonumber(word()))
end
local former, latter = tonumber(ARGV[3]), tonumber(ARGV[4])
local used, ahead = open(ARGV[1]).used()
redis.call('DEL', KEYS[1])
local carried = 0
-- What is owed or booked beyond the capacity stays so: whoever waits for it comes.
if ARGV[5] == 'keep' then carried = math.min(used, former, latter) + math.max(0, used - former) end
if ARGV[5] == 'scale' then carried = math.ceil(used * latter / former) end
if carried > 0 then
  local meter = open(ARGV[2])
  meter.charge(carried, ahead, '')
  carried = meter.used()
end
return { used, carried }
