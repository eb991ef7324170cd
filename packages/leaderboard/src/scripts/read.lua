-- Reads a board in one look: any number of windows and lists of members, all of the same instant.
-- KEYS[1]  the board; then its distinct results if it keeps them, its metadata if that is asked for
-- ARGV[1]  tie policy
-- ARGV[2]  tie radix
-- ARGV[3]  1: the distinct results are the next key
-- ARGV[4]  1: the metadata is the next key
-- ARGV[5]  start, ARGV[6] end of the period the server's clock must be in (ms; both empty: any)
-- then     parts: 'rank', members before the window, rows | 'around', member, rows | 'score', best, worst, rows |
--          'after', score, member, worst, rows | 'members' or 'friends', how many, the members
-- Returns  { 'clock', now }, or { 'ok', members on the board, parts }. A window: { members before it, members in all of the
--          range, ahead, up to, groups ahead (-1: not asked for), rows with scores, metadata or null }, null for 'around' of
--          nobody. Members: { scores, ranks, ahead, metadata }; friends: { scores, metadata }
local policy, radix = ARGV[1], tonumber(ARGV[2])
local board, groups, meta = KEYS[1], false, false
if ARGV[3] == '1' then groups = KEYS[2] end
if ARGV[4] == '1' then meta = KEYS[#KEYS] end
if ARGV[5] ~= '' then
  local now = nowMs()
  if now < tonumber(ARGV[5]) or now >= tonumber(ARGV[6]) then return { 'clock', exact(now) } end
end

local cursor = 6
local function take()
  cursor = cursor + 1
  return ARGV[cursor]
end
local total = redis.call('ZCARD', board)

local function metadataOf(members)
  if not meta or #members == 0 then return false end
  return redis.call('HMGET', meta, unpack(members))
end

local function window(start, count, inRange)
  local rows = {}
  if count > 0 then rows = redis.call('ZRANGE', board, start, start + count - 1, 'WITHSCORES') end
  local ahead, last, before = -1, -1, -1
  if #rows > 0 and policy ~= 'ordinal' then
    local first, final = tonumber(rows[2]), tonumber(rows[#rows])
    if policy == 'competition' then ahead = aheadOf(board, first, radix)
    elseif policy == 'modified' then last = upTo(board, final, radix)
    else before = groupsAhead(groups, first, radix) end
  end
  local members = {}
  if meta then
    for i = 1, #rows, 2 do members[#members + 1] = rows[i] end
  end
  return { start, inRange, ahead, last, before, rows, metadataOf(members) }
end

-- Bytes, one by one: `<` on strings follows the server's locale.
local function comesAfter(left, right)
  for i = 1, math.min(#left, #right) do
    local a, b = string.byte(left, i), string.byte(right, i)
    if a ~= b then return a > b end
  end
  return #left > #right
end

-- How many members come up to and with (score, member), whether it is still there or not.
local function countUpTo(score, member)
  local low = redis.call('ZCOUNT', board, '-inf', '(' .. score)
  local high = redis.call('ZCOUNT', board, '-inf', score)
  while low < high do
    local middle = math.floor((low + high) / 2)
    if comesAfter(redis.call('ZRANGE', board, middle, middle)[1], member) then high = middle
    else low = middle + 1 end
  end
  return low
end

local function takeMembers()
  local members = {}
  for i = 1, tonumber(take()) do members[i] = take() end
  return members
end

local function standings(members)
  local scores, ranks, ahead = {}, {}, {}
  for i, member in ipairs(members) do
    local score = redis.call('ZSCORE', board, member)
    scores[i], ranks[i], ahead[i] = score, false, false
    if score then
      score = tonumber(score)
      ranks[i] = rankOf(board, groups, member, score, radix, policy)
      ahead[i] = policy == 'competition' and ranks[i] - 1 or aheadOf(board, score, radix)
    end
  end
  return { scores, ranks, ahead, metadataOf(members) }
end

local function part(kind)
  if kind == 'rank' then
    local start, count = tonumber(take()), tonumber(take())
    return window(start, count, total)
  end
  if kind == 'around' then
    local rank = redis.call('ZRANK', board, take())
    local count = tonumber(take())
    if not rank then return false end
    return window(math.max(0, math.min(rank - math.floor((count - 1) / 2), total - count)), count, total)
  end
  if kind == 'score' then
    local best, worst, count = take(), take(), tonumber(take())
    local inRange = redis.call('ZCOUNT', board, best, worst)
    return window(redis.call('ZCOUNT', board, '-inf', '(' .. best), math.min(count, inRange), inRange)
  end
  if kind == 'after' then
    local score, member, worst, count = take(), take(), take(), tonumber(take())
    local start = countUpTo(score, member)
    local left = math.max(0, redis.call('ZCOUNT', board, '-inf', worst) - start)
    return window(start, math.min(count, left), left)
  end
  if kind == 'members' then return standings(takeMembers()) end
  local members = takeMembers()
  return { redis.call('ZMSCORE', board, unpack(members)), metadataOf(members) }
end

local parts = {}
while cursor < #ARGV do parts[#parts + 1] = part(take()) end
return { 'ok', total, parts }
