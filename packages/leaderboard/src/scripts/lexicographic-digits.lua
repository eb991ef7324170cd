-- Shared by the scripts of this package: the digits of a lexicographic place, and what is computed with them (see lexicographic.lua).
-- KEYS     none of its own
-- ARGV     none of its own
-- Returns  nothing; it defines local functions
-- Digits: `limits` are the largest digits of the columns.
local takeDigit = take

local function digitsOf(_, place, limits)
  local digits = {}
  local from = 1
  for i, limit in ipairs(limits) do
    digits[i] = string.sub(place, from, from + #limit - 1)
    from = from + #limit
  end
  return digits
end

local function joined(digits)
  return table.concat(digits)
end

-- Bytes, one by one: `<` on strings follows the server's locale.
local function isBetter(digit, other)
  for i = 1, #digit do
    local a, b = string.byte(digit, i), string.byte(other, i)
    if a ~= b then return a < b end
  end
  return false
end

-- Nil when that leaves the column. An empty digit was out of bounds from the start.
local function within(digit, limit)
  if digit == '' or isBetter(limit, digit) then return nil end
  return digit
end

-- A change is its sign and its bytes; a sign alone is wider than the column. Added byte by byte with a carry.
local function changed(digit, change, limit)
  if #change ~= #digit + 1 then return nil end
  local sign = string.sub(change, 1, 1) == '-' and -1 or 1
  local carry = 0
  local bytes = {}
  for i = #digit, 1, -1 do
    local sum = string.byte(digit, i) + sign * string.byte(change, i + 1) + carry
    carry = math.floor(sum / 256)
    bytes[i] = string.char(sum - 256 * carry)
  end
  if carry ~= 0 then return nil end
  return within(table.concat(bytes), limit)
end

-- So many ticks since the epoch, saturating at both ends; counted from the other end where the latest comes first.
local function digitOfTicks(ticks, limit, latestFirst)
  local largest = 0
  for i = 1, #limit do largest = largest * 256 + string.byte(limit, i) end
  local digit = math.max(0, math.min(largest, ticks))
  if latestFirst then digit = largest - digit end
  local bytes = {}
  for i = #limit, 1, -1 do
    bytes[i] = string.char(math.fmod(digit, 256))
    digit = math.floor(digit / 256)
  end
  return table.concat(bytes)
end
