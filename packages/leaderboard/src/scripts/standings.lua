-- Shared by the scripts of this package: how members stand.
-- KEYS     none of its own
-- ARGV     how many members, the members
-- Returns  nothing; it defines local functions
local function takeMembers()
  local members = {}
  for i = 1, tonumber(take()) do members[i] = take() end
  return members
end

local function standings(members)
  local places, ranks, ahead = placesOf(round, members), {}, {}
  for i, member in ipairs(members) do
    ranks[i], ahead[i] = false, false
    if places[i] then
      local place = placeFrom(places[i])
      ranks[i] = rankOf(round, member, place, policy)
      ahead[i] = policy == 'competition' and ranks[i] - 1 or aheadOf(round, place)
    end
  end
  return { places, ranks, ahead, metadataOf(members) }
end
