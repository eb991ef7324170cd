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
local used = former - open(ARGV[1]).remaining()
redis.call('DEL', KEYS[1])
local carried = 0
if ARGV[5] == 'keep' then carried = math.min(used, latter) end
if ARGV[5] == 'scale' then carried = math.ceil(used * latter / former) end
if carried > 0 then open(ARGV[2]).charge(carried, 0, '') end
return { used, carried }
