-- Shared by the scripts of this package: windows of a board, and other reads that are not of members.
-- KEYS     none of its own
-- ARGV     those of the part that is read (see read.lua)
-- Returns  nothing; it defines local functions
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

local function page(kind)
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
    local share = tonumber(take())
    local start = math.floor(total * (100 - share) / 100)
    -- Rounded it may lie one beside: what counts is the share that the row itself is told to have.
    while start > 0 and 100 * (total - start) / total < share do start = start - 1 end
    while start + 1 < total and 100 * (total - start - 1) / total >= share do start = start + 1 end
    start = math.min(total - 1, start)
    return window(math.max(0, start), math.min(1, total), total)
  end
  if kind == 'counts' then
    local counts = {}
    for i = 1, tonumber(take()) do counts[i] = countWithin(round, takePlace(), takePlace()) end
    return counts
  end
  if kind == 'beside' then
    local place, member = takePlace(), take()
    local ahead = aheadOf(round, placeFrom(place))
    if policy == 'ordinal' then return { countThrough(round, place, member), ahead } end
    return { policy == 'modified' and upTo(round, placeFrom(place)) or ahead, ahead }
  end
  if kind == 'near' then
    local place, member, count = takePlace(), take(), tonumber(take())
    local through = countThrough(round, place, member)
    local start = math.max(0, through - count)
    return window(start, math.min(total, through + count) - start, total)
  end
  return redis.call('HGET', round.history, take())
end
