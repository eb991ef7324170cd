-- Shared by the scripts of this package: arguments and keys one after another, and what they say of a round of a board.
-- KEYS     per round: the board; the places by member of a lexicographic one; as flagged, its distinct results, metadata,
--          histories, attempts, hidden places, and what members have in the buckets of a rolling window, with when those lapse
-- ARGV     per round: flags (`g` distinct results, `m` metadata, `h` histories, `a` attempts, `b` bans, `w` rolling), what ties (see the layouts), bytes of a
--          place; of histories the length of a bucket and the samples, of attempts how many; of a rolling window its columns and what takeWindow reads
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

local function hexOf(text)
  return (string.gsub(text, '.', function(byte) return string.format('%02x', string.byte(byte)) end))
end

local function exact(number)
  return string.format('%.0f', number)
end

-- A rolling window: its length, that of a bucket, what time columns count from; per column the limit of its digit, the
-- digit of zero, the unit of a time column (0: none) and whether its latest comes first.
local function takeWindow(columns)
  local window = { sum = take() == 'sum', length = tonumber(take()), bucket = tonumber(take()), epoch = tonumber(take()) }
  window.limits, window.zeros, window.units, window.latestFirst = {}, {}, {}, {}
  for i = 1, columns do
    window.limits[i], window.zeros[i] = tonumber(take()), tonumber(take())
    window.units[i], window.latestFirst[i] = tonumber(take()), take() == '1'
  end
  return window
end

-- What the arguments say; its keys follow later, once or once a candidate.
local function takeShape()
  local flags = take()
  local shape = {
    grouped = string.find(flags, 'g', 1, true) ~= nil,
    described = string.find(flags, 'm', 1, true) ~= nil,
    tie = tonumber(take()),
    width = tonumber(take()),
  }
  if string.find(flags, 'h', 1, true) then shape.every, shape.samples = tonumber(take()), tonumber(take()) end
  if string.find(flags, 'a', 1, true) then shape.limit = tonumber(take()) end
  shape.banning = string.find(flags, 'b', 1, true) ~= nil
  shape.name = flags .. ',' .. exact(shape.tie) .. ',' .. exact(shape.width) .. ','
  if string.find(flags, 'w', 1, true) then shape.window = takeWindow(tonumber(take())) end
  return shape
end

local function takeKeys(shape)
  local round = { tie = shape.tie, width = shape.width, window = shape.window, name = shape.name, board = takeKey() }
  if shape.width > 0 then round.index = takeKey() end
  if shape.grouped then round.groups = takeKey() end
  if shape.described then round.meta = takeKey() end
  if shape.every then
    round.history, round.every, round.samples = takeKey(), shape.every, shape.samples
  end
  if shape.limit then round.attempts, round.limit = takeKey(), shape.limit end
  if shape.banning then round.hidden = takeKey() end
  if shape.window then round.parts, round.lapses = takeKey(), takeKey() end
  return round
end
