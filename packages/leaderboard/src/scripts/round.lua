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

-- What the arguments say; its keys follow later, once or once a candidate. Most boards have no flags.
local function takeShape()
  local flags = take()
  local shape = { flags = flags, tie = tonumber(take()), width = tonumber(take()) }
  if flags == '' then return shape end
  for flag in string.gmatch(flags, '.') do shape[flag] = true end
  if shape.h then shape.every, shape.samples = tonumber(take()), tonumber(take()) end
  if shape.a then shape.limit = tonumber(take()) end
  if shape.w then shape.window = takeWindow(tonumber(take())) end
  return shape
end

-- All that a round is ever told is named at once: a table that grows is dear.
local function takeKeys(shape)
  local round = {
    shape = shape, tie = shape.tie, width = shape.width, board = takeKey(), index = false, groups = false, meta = false,
    history = false, attempts = false, hidden = false, window = false, old = false, new = false, total = false, size = 0,
    epoch = 0, start = '', finish = '', expires = false, closed = false, spent = false, shown = false,
  }
  if shape.width > 0 then round.index = takeKey() end
  if shape.flags == '' then return round end
  if shape.g then round.groups = takeKey() end
  if shape.m then round.meta = takeKey() end
  if shape.h then round.history, round.every, round.samples = takeKey(), shape.every, shape.samples end
  if shape.a then round.attempts, round.limit = takeKey(), shape.limit end
  if shape.b then round.hidden = takeKey() end
  if shape.w then round.window, round.parts, round.lapses = shape.window, takeKey(), takeKey() end
  return round
end
