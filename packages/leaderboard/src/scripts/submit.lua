-- One submit to many boards: all of it, or nothing. Scores are digits of mixed radix, smaller is better (see order/layout).
-- The period a score belongs to is that of the server's clock, or of `occurredAt` when that is earlier.
-- KEYS     the idempotency key if ARGV[4] is not 0; then per board and candidate period: the board, its distinct results
--          if it keeps them, its metadata if it has any
-- ARGV[1]  the member
-- ARGV[2]  tie policy of the ranks in the answer
-- ARGV[3]  occurredAt in ms; empty: now
-- ARGV[4]  how long the answer is remembered under the idempotency key, ms; 0: not
-- ARGV[5]  1: metadata follows in ARGV[6]
-- ARGV[7]  number of columns; then per column: 'v', the digit, the change of the digit | 't', 1 asc or -1 desc, unit in ms
-- then     per board: operator, 1 when there are distinct results, 1 when there is metadata, tie radix, size (0: any),
--          the radix of each column, number of candidate periods; per candidate: start, end, closing and expiry in ms, time
--          columns counting from the start. No candidates: a board without periods; then what its time columns count from
-- Returns  { 'ok' | 'again', text }: per board `status,start,end,old score,old rank,new score,new rank,total`, joined by
--          commas, empty where there is none; { 'clock', now } or { 'bounds', board, column }: nothing was done
local cursor = 0
local function take()
  cursor = cursor + 1
  return ARGV[cursor]
end
local keyCursor = 0
local function takeKey(present)
  if not present then return false end
  keyCursor = keyCursor + 1
  return KEYS[keyCursor]
end

local member, policy, occurredAt, rememberMs = take(), take(), take(), tonumber(take())
local hasMetadata, metadata = take() == '1', take()
local once = takeKey(rememberMs > 0)
if once then
  local answer = redis.call('GET', once)
  if answer then return { 'again', answer } end
end

local now = nowMs()
local happened = now
if occurredAt ~= '' and tonumber(occurredAt) < now then happened = tonumber(occurredAt) end

local columns = {}
for i = 1, tonumber(take()) do
  columns[i] = { time = take() == 't', first = tonumber(take()), second = tonumber(take()) }
end

local function unpackScore(score, radices)
  local digits = {}
  for i = #radices, 1, -1 do
    digits[i] = math.fmod(score, radices[i])
    score = (score - digits[i]) / radices[i]
  end
  return digits
end

local function packScore(digits, radices)
  local score = 0
  for i = 1, #radices do score = score * radices[i] + digits[i] end
  return score
end

-- Time columns saturate at both ends of what their digit can hold.
local function timeDigit(column, radix, epoch)
  local digit = math.floor((happened - epoch) / column.second)
  digit = math.max(0, math.min(radix - 1, digit))
  if column.first < 0 then digit = radix - 1 - digit end
  return digit
end

-- The new digits; nil when what stands stays; or nil and the number of the column that would leave its bounds.
local function decide(operator, old, radices, epoch)
  local new = {}
  local better = nil
  local older = nil
  for i, column in ipairs(columns) do
    if column.time then
      new[i] = timeDigit(column, radices[i], epoch)
      if old and older == nil and new[i] ~= old[i] then older = (new[i] < old[i]) == (column.first > 0) end
    else
      new[i] = column.first
      if old and operator == 'sum' then new[i] = old[i] + column.second end
      if new[i] < 0 or new[i] >= radices[i] then return nil, i end
      if old and better == nil and new[i] ~= old[i] then better = new[i] < old[i] end
    end
  end
  if not old then return new end
  if operator == 'last' then
    if older then return nil end
    return new
  end
  if better == nil or (operator == 'best' and not better) then return nil end
  return new
end

local boards = {}
while cursor < #ARGV do
  local board = { operator = take(), dense = take() == '1', described = take() == '1' }
  board.radix = tonumber(take())
  board.size = tonumber(take())
  board.radices = {}
  for i = 1, #columns do board.radices[i] = tonumber(take()) end
  local candidates = tonumber(take())
  if candidates == 0 then
    board.key, board.groups, board.meta = takeKey(true), takeKey(board.dense), takeKey(board.described)
    board.epoch, board.start, board.finish = tonumber(take()), '', ''
  end
  for _ = 1, candidates do
    local key, groups, meta = takeKey(true), takeKey(board.dense), takeKey(board.described)
    local start, finish, closes, expires = take(), take(), take(), take()
    if not board.key and happened >= tonumber(start) and happened < tonumber(finish) then
      board.key, board.groups, board.meta = key, groups, meta
      board.start, board.finish, board.expires = start, finish, expires
      board.epoch, board.closed = tonumber(start), now >= tonumber(closes)
    end
  end
  if not board.key then return { 'clock', exact(now) } end
  boards[#boards + 1] = board
  if not board.closed then
    local stored = redis.call('ZSCORE', board.key, member)
    board.old = stored and tonumber(stored)
    local digits, outside = decide(
      board.operator,
      board.old and unpackScore(board.old, board.radices),
      board.radices,
      board.epoch
    )
    if outside then return { 'bounds', #boards, outside } end
    board.new = digits and packScore(digits, board.radices)
  end
end

local function expire(board, key)
  if board.expires then redis.call('PEXPIREAT', key, board.expires) end
end

local function write(board)
  if board.new and board.new ~= board.old then
    redis.call('ZADD', board.key, exact(board.new), member)
    if not board.old and redis.call('ZCARD', board.key) == 1 then expire(board, board.key) end
    if board.groups then
      local group = firstEqual(board.new, board.radix) / board.radix
      local added = redis.call('ZADD', board.groups, exact(group), exact(group))
      if added == 1 and redis.call('ZCARD', board.groups) == 1 then expire(board, board.groups) end
      if board.old then dropGroup(board.key, board.groups, board.old, board.radix) end
    end
  end
  if board.meta and hasMetadata then
    local added = redis.call('HSET', board.meta, member, metadata)
    if added == 1 and redis.call('HLEN', board.meta) == 1 then expire(board, board.meta) end
  end
  if board.size > 0 and redis.call('ZCARD', board.key) > board.size then
    -- A board whose size was lowered shrinks by a hundred a submit.
    for _, name in ipairs(redis.call('ZRANGE', board.key, math.max(board.size, redis.call('ZCARD', board.key) - 100), -1)) do
      drop(board.key, board.groups, board.meta, name, board.radix)
    end
  end
end

local answer = {}
local function say(...)
  for i = 1, select('#', ...) do answer[#answer + 1] = (select(i, ...)) end
end
for _, board in ipairs(boards) do
  if board.closed then
    say('closed', board.start, board.finish, '', '', '', '', '')
  else
    local oldRank, newScore, newRank = '', '', ''
    if board.old then oldRank = rankOf(board.key, board.groups, member, board.old, board.radix, policy) end
    write(board)
    local score = board.new or board.old
    if board.size > 0 then score = redis.call('ZSCORE', board.key, member) and score end
    if score then
      newScore = exact(score)
      newRank = oldRank
      if score ~= board.old or board.size > 0 then
        newRank = rankOf(board.key, board.groups, member, score, board.radix, policy)
      end
    end
    local status = board.new and (board.old and 'changed' or 'entered') or 'unchanged'
    if not score then status = 'beyond' end
    local oldScore = board.old and exact(board.old) or ''
    say(status, board.start, board.finish, oldScore, oldRank, newScore, newRank, redis.call('ZCARD', board.key))
  end
end

local text = table.concat(answer, ',')
if once then redis.call('SET', once, text, 'PX', rememberMs) end
return { 'ok', text }
