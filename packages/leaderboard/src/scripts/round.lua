-- Shared by the scripts of this package: arguments and keys one after another, and what they say of a round of a board.
-- KEYS     per round: the board; the places by member of a lexicographic one; its distinct results, its metadata, as flagged
-- ARGV     per round: flags (`g` distinct results, `m` metadata), what ties (see the layouts), bytes of a place
-- Returns  nothing; it defines local functions
local argument, key = 0, 0
local function take()
  argument = argument + 1
  return ARGV[argument]
end
local function takeKey()
  key = key + 1
  return KEYS[key]
end

local function exact(number)
  return string.format('%.0f', number)
end

-- What the arguments say; its keys follow later, once or once a candidate.
local function takeShape()
  local flags = take()
  return {
    grouped = string.find(flags, 'g', 1, true) ~= nil,
    described = string.find(flags, 'm', 1, true) ~= nil,
    tie = tonumber(take()),
    width = tonumber(take()),
  }
end

local function takeKeys(shape)
  local round = { tie = shape.tie, width = shape.width, board = takeKey() }
  if shape.width > 0 then round.index = takeKey() end
  if shape.grouped then round.groups = takeKey() end
  if shape.described then round.meta = takeKey() end
  return round
end
