-- Shared by the scripts of this package: the digits of a packed place, and what is computed with them (see packed.lua).
-- KEYS     none of its own
-- ARGV     none of its own
-- Returns  nothing; it defines local functions
-- Digits: `limits` are the radices of the columns.
local takeDigit = function() return tonumber(take()) end

local function digitsOf(_, place, limits)
  local digits = {}
  for i = #limits, 1, -1 do
    digits[i] = math.fmod(place, limits[i])
    place = (place - digits[i]) / limits[i]
  end
  return digits
end

local function joined(digits, limits)
  local place = 0
  for i = 1, #limits do place = place * limits[i] + digits[i] end
  return place
end

local function isBetter(digit, other)
  return digit < other
end

-- Nil when that leaves the column.
local function within(digit, limit)
  if digit < 0 or digit >= limit then return nil end
  return digit
end

local function changed(digit, change, limit)
  return within(digit + change, limit)
end

-- So many ticks since the epoch, saturating at both ends; counted from the other end where the latest comes first.
local function digitOfTicks(ticks, limit, latestFirst)
  local digit = math.max(0, math.min(limit - 1, ticks))
  if latestFirst then return limit - 1 - digit end
  return digit
end
