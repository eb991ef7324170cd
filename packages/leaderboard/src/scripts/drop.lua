-- Shared by the scripts of this package: the one way a member leaves a board.
-- KEYS     none of its own
-- ARGV     none of its own
-- Returns  nothing; it defines local functions
-- A result that nobody has any more leaves the distinct results.
local function dropGroup(board, groups, score, radix)
  local first = firstEqual(score, radix)
  if redis.call('ZCOUNT', board, exact(first), exact(first + radix - 1)) == 0 then
    redis.call('ZREM', groups, exact(first / radix))
  end
end

-- `groups` and `meta` are false where the board has none. True when the member was there.
local function drop(board, groups, meta, member, radix)
  if meta then redis.call('HDEL', meta, member) end
  local score = redis.call('ZSCORE', board, member)
  if not score then return false end
  redis.call('ZREM', board, member)
  if groups then dropGroup(board, groups, tonumber(score), radix) end
  return true
end
