-- Shared by the scripts of this package: numbers as text, and the rank of a score under a tie policy.
-- KEYS     none of its own
-- ARGV     none of its own
-- Returns  nothing; it defines local functions
local function exact(number)
  return string.format('%.0f', number)
end

-- The first score of those that count as equal to this one: `radix` scores in a row are one result.
local function firstEqual(score, radix)
  return score - math.fmod(score, radix)
end

-- How many members are better than the equals of a score.
local function aheadOf(board, score, radix)
  return redis.call('ZCOUNT', board, '-inf', '(' .. exact(firstEqual(score, radix)))
end

-- How many members are better than a score or equal to it.
local function upTo(board, score, radix)
  return redis.call('ZCOUNT', board, '-inf', exact(firstEqual(score, radix) + radix - 1))
end

-- How many distinct results are better than a score.
local function groupsAhead(groups, score, radix)
  return redis.call('ZRANK', groups, exact(firstEqual(score, radix) / radix)) or -1
end

-- The rank of a member with a score, from 1.
local function rankOf(board, groups, member, score, radix, policy)
  if policy == 'ordinal' then return redis.call('ZRANK', board, member) + 1 end
  if policy == 'competition' then return aheadOf(board, score, radix) + 1 end
  if policy == 'modified' then return upTo(board, score, radix) end
  return groupsAhead(groups, score, radix) + 1
end
