-- Reads a board in one look: any number of windows and lists of members, all of the same instant.
-- KEYS     of the round (see round.lua)
-- ARGV[1]  tie policy
-- then     what round.lua reads; start and end of the period the server's clock must be in (ms; both empty: any)
-- then     parts: 'rank', members before the window, rows | 'around', member, rows | 'score', best, worst, rows |
--          'after', place, member, worst (empty: none), rows | 'members' or 'friends', how many, the members |
--          'share', percent of members not better than the row that is asked for | 'counts', how many, a best and a worst each |
--          'history', member
-- Returns  { 'clock', now }, { 'behind' } where a rolling window has to be asked again to get up to date, or { 'ok', members on the board, parts }. A window: { members before it, members in all of the
--          range, ahead, up to, results ahead (-1: not asked for), rows, metadata or null }, null for 'around' of nobody.
--          Members: { places, ranks, ahead, metadata }; friends: { places, metadata }; counts: a list; history: text or null
local policy = take()
local round = takeKeys(takeShape())
local startMs, endMs = take(), take()
if startMs ~= '' then
  local now = nowMs()
  if now < tonumber(startMs) or now >= tonumber(endMs) then return { 'clock', exact(now) } end
end
if round.window and lapse(round, nowMs(), 50) then return { 'behind' } end
local total = redis.call('ZCARD', round.board)

local function metadataOf(members)
  if not round.meta or #members == 0 then return false end
  return redis.call('HMGET', round.meta, unpack(members))
end

local function window(start, count, inRange)
  if count <= 0 then return { start, inRange, -1, -1, -1, {}, false } end
  local rows, first, final, members = rowsOf(round, start, count)
  local ahead, last, before = -1, -1, -1
  if first and policy ~= 'ordinal' then
    if policy == 'competition' then ahead = aheadOf(round, first)
    elseif policy == 'modified' then last = upTo(round, final)
    else before = resultsAhead(round, first) end
  end
  return { start, inRange, ahead, last, before, rows, metadataOf(members) }
end

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

local function part(kind)
  if kind == 'rank' then
    local start, count = tonumber(take()), tonumber(take())
    return window(start, count, total)
  end
  if kind == 'around' then
    local index, count = indexOf(round, take()), tonumber(take())
    if not index then return false end
    return window(math.max(0, math.min(index - math.floor((count - 1) / 2), total - count)), count, total)
  end
  if kind == 'score' then
    local best, worst, count = takePlace(), takePlace(), tonumber(take())
    local inRange = countWithin(round, best, worst)
    return window(countBefore(round, best), math.min(count, inRange), inRange)
  end
  if kind == 'after' then
    local place, member, worst, count = takePlace(), take(), takePlace(), tonumber(take())
    local start = countThrough(round, place, member)
    local left = total - start
    if worst ~= '' then left = math.max(0, countTo(round, worst) - start) end
    return window(start, math.min(count, left), left)
  end
  if kind == 'share' then
    local start = math.min(total - 1, math.floor(total * (100 - tonumber(take())) / 100))
    return window(math.max(0, start), math.min(1, total), total)
  end
  if kind == 'counts' then
    local counts = {}
    for i = 1, tonumber(take()) do counts[i] = countWithin(round, takePlace(), takePlace()) end
    return counts
  end
  if kind == 'history' then return redis.call('HGET', round.history, take()) end
  if kind == 'members' then return standings(takeMembers()) end
  local members = takeMembers()
  return { placesOf(round, members), metadataOf(members) }
end

local parts = {}
while argument < #ARGV do parts[#parts + 1] = part(take()) end
return { 'ok', total, parts }
