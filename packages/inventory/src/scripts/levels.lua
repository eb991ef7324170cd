-- Levels of items at one instant.
-- KEYS     see stock.lua
-- ARGV     from the fourth: items; none: a sweep, which looks after those who wait
-- Returns  { 'ok', levels, holds taken back on the way }; levels: per item 1 when known, on hand, held, sold
if foreign then return foreign end
local taken = takeBack()
local asked = {}
for i = 4, #ARGV do asked[#asked + 1] = ARGV[i] end
handOver(#asked > 0 and asked or linesOf(64))
local found = {}
for i = 4, #ARGV do
  local level = levelOf(ARGV[i])
  for _, part in ipairs({ level.known and '1' or '0', whole(level.onHand), whole(level.held), whole(level.sold) }) do
    found[#found + 1] = part
  end
end
return answer('ok', found, whole(taken))
