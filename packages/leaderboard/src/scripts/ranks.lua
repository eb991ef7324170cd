-- Shared by the scripts of this package: the rank of a member under a tie policy.
-- KEYS     none of its own
-- ARGV     none of its own
-- Returns  nothing; it defines local functions
-- How many distinct results are better than a place.
local function resultsAhead(round, place)
  local _, name = resultOf(round, place)
  return redis.call('ZRANK', round.groups, name) or -1
end

-- The rank of a member with a place, from 1.
local function rankOf(round, member, place, policy)
  if policy == 'ordinal' then return indexOf(round, member) + 1 end
  if policy == 'competition' then return aheadOf(round, place) + 1 end
  if policy == 'modified' then return upTo(round, place) end
  return resultsAhead(round, place) + 1
end
