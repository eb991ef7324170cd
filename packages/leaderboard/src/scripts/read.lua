-- Reads a board in one look: any number of windows and lists of members, all of the same instant.
-- KEYS     of the round (see round.lua)
-- ARGV     what look.lua takes
-- then     parts: 'rank', members before the window, rows | 'around', member, rows | 'score', best, worst, rows |
--          'after', place, member, worst (empty: none), rows | 'members' or 'friends', how many, the members |
--          'share', percent of members not better than the row that is asked for | 'counts', how many, a best and a worst each |
--          'history', member | of a shard: 'beside', place, member; 'near', place, member, rows before and after
-- Returns  { 'clock', now }, { 'behind' } where a rolling window has to be asked again to get up to date, or { 'ok', members on the board, parts }. A window: { members before it, members in all of the
--          range, ahead, up to, results ahead (-1: not asked for), rows, metadata or null }, null for 'around' of nobody.
--          Members: { places, ranks, ahead, metadata }; friends: { places, metadata }; counts: a list; history: text or null;
--          beside: { how many of this shard are ahead of the member by the policy, or not worse; how many are better }
local parts = {}
while argument < #ARGV do
  local kind = take()
  if kind == 'members' then parts[#parts + 1] = standings(takeMembers())
  elseif kind == 'friends' then
    local members = takeMembers()
    parts[#parts + 1] = { placesOf(round, members), metadataOf(members) }
  else parts[#parts + 1] = page(kind) end
end
return { 'ok', total, parts }
