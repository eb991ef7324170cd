-- One submit to many boards: all of it, or nothing. The period a score belongs to is that of the server's clock, or of
-- `occurredAt` when that is earlier.
-- KEYS     the rounds there are, by when they end; who is banned if ARGV[8] is 1; the idempotency key if ARGV[4] is not 0; then of each board and candidate period those of its round (see round.lua)
-- ARGV[1]  the member
-- ARGV[2]  tie policy of the ranks in the answer
-- ARGV[3]  occurredAt in ms; empty: now
-- ARGV[4]  how long the answer is remembered under the idempotency key, ms; 0: not
-- ARGV[5]  1: metadata follows in ARGV[6]
-- ARGV[7]  how many of those that were passed are named; empty: places are not asked for
-- ARGV[8]  1: members can be banned
-- ARGV[9]  number of columns; then per column: 'v', the digit, the change of the digit | 't', 1 asc or -1 desc, unit in ms
-- then     per board: operator, what round.lua reads, size (0: any), the limit of each column's digit, number of candidate
--          periods; per candidate: start, end, closing and expiry in ms, time columns counting from the start. No
--          candidates: a board without periods; then what its time columns count from
-- Returns  { 'ok' | 'again', text }: per board `status,start,end,old place,old rank,new place,new rank,total,old index,new
--          index,passed,names of those in hexadecimal joined by |`, joined by commas, empty where there is none; { 'clock', now } or { 'bounds', board, column }: nothing was done
local member, policy, occurredAt, rememberMs = take(), take(), take(), tonumber(take())
local hasMetadata, metadata = take() == '1', take()
local named, banning = take(), take() == '1'
local rounds = takeKey()
local banned = banning and redis.call('SISMEMBER', takeKey(), member) == 1
local once = rememberMs > 0 and takeKey()
if once then
  local answer = redis.call('GET', once)
  if answer then return { 'again', answer } end
end

local clock, moment = nil, nil
local function now()
  clock = clock or nowMs()
  return clock
end
local function happened()
  moment = moment or (occurredAt ~= '' and math.min(tonumber(occurredAt), now())) or now()
  return moment
end

local columns = {}
for i = 1, tonumber(take()) do
  local time = take() == 't'
  local read = time and take or takeDigit
  columns[i] = { time = time, first = read(), second = read() }
end

local function timeDigit(column, limit, epoch)
  return digitOfTicks(math.floor((happened() - epoch) / tonumber(column.second)), limit, column.first == '-1')
end

-- The new digits; nil when what stands stays; or nil and the number of the column that would leave its bounds.
local function decide(operator, old, limits, epoch)
  local new = {}
  local better = nil
  local older = nil
  for i, column in ipairs(columns) do
    if column.time then
      new[i] = timeDigit(column, limits[i], epoch)
      if old and older == nil and new[i] ~= old[i] then
        older = isBetter(new[i], old[i]) == (column.first == '1')
      end
    else
      if old and operator == 'sum' then new[i] = changed(old[i], column.second, limits[i])
      else new[i] = within(column.first, limits[i]) end
      if not new[i] then return nil, i end
      if old and better == nil and new[i] ~= old[i] then better = isBetter(new[i], old[i]) end
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

-- What a submit does to its bucket of a rolling window; nil and the number of a column that would leave its bounds.
local function contribute(board, limits)
  local window = board.window
  if happened() + window.length <= now() then
    board.closed = true
    return nil
  end
  lapse(board, now(), 16)
  board.old = placeOf(board, member)
  local parts = partsOf(board, member, now())
  local field = bucketField(board, member, happened())
  local part = { math.max(happened(), parts[field] and parts[field][1] or 0) }
  if window.sum then
    local idle = board.old
    for i, column in ipairs(columns) do
      local change = column.time and 0 or column.second
      if change ~= 0 then idle = false end
      part[i + 1] = (parts[field] and parts[field][i + 1] or 0) + change
    end
    if idle then return nil end
  else
    local digits, outside = decide('best', nil, limits, board.epoch)
    if outside then return outside end
    part[2] = joined(digits, limits)
    if parts[field] then part[2] = math.min(part[2], parts[field][2]) end
  end
  parts[field] = part
  local place, outside = foldOf(board, parts)
  if outside then return outside end
  board.new = place ~= board.old and place or nil
  for i = 1, #part do part[i] = exact(part[i]) end
  board.part = { field = field, text = table.concat(part, ','), lapses = tonumber(part[1]) + window.length }
  return nil
end

local boards = {}
while argument < #ARGV do
  local operator = take()
  local shape = takeShape()
  local size = tonumber(take())
  local limits = {}
  for i = 1, #columns do limits[i] = takeDigit() end
  local candidates = tonumber(take())
  local board = nil
  if candidates == 0 then
    board = takeKeys(shape)
    board.epoch, board.start, board.finish = tonumber(take()), '', ''
  end
  for _ = 1, candidates do
    local round = takeKeys(shape)
    local start, finish, closes, expires = take(), take(), take(), take()
    if not board and happened() >= tonumber(start) and happened() < tonumber(finish) then
      board = round
      board.start, board.finish, board.expires = start, finish, expires
      board.epoch, board.closed = tonumber(start), now() >= tonumber(closes)
    end
  end
  if not board then return { 'clock', exact(now()) } end
  board.size = size
  boards[#boards + 1] = board
  if board.limit and not board.closed then
    board.spent = tonumber(redis.call('HGET', board.attempts, member) or '0') >= board.limit
  end
  if board.spent or (banned and board.window) then
    board.old = placeOf(board, member)
  elseif board.window then
    local outside = contribute(board, limits)
    if outside then return { 'bounds', #boards, outside } end
  elseif not board.closed then
    if banned then
      local hidden = redis.call('HGET', board.hidden, member)
      board.old = hidden and placeFrom(hidden)
    else board.old = placeOf(board, member) end
    local old = board.old and digitsOf(board, board.old, limits)
    local digits, outside = decide(operator, old, limits, board.epoch)
    if outside then return { 'bounds', #boards, outside } end
    board.new = digits and joined(digits, limits)
  end
end

local function expire(board, key)
  if board.expires then redis.call('PEXPIREAT', key, board.expires) end
  if board.window then redis.call('PEXPIRE', key, exact(board.window.length + board.window.bucket)) end
end

-- A rolling window's keys live as long as its last score counts.
local function writePart(board)
  local window, part = board.window, board.part
  redis.call('HSET', board.parts, part.field, part.text)
  redis.call('ZADD', board.lapses, exact(part.lapses), part.field)
  local keys = { board.board, board.parts, board.lapses, board.groups, board.meta }
  for i = 1, 5 do
    if keys[i] then redis.call('PEXPIRE', keys[i], exact(window.length + window.bucket)) end
  end
end

-- A hash of the round gets a field; one that is new ends with its round.
local function set(board, key, field, value)
  if redis.call('HSET', key, field, value) == 1 and redis.call('HLEN', key) == 1 then expire(board, key) end
end

-- Whoever looks for a member everywhere finds the round here.
local function register(board)
  local shape = board.shape
  local name = shape.flags .. ',' .. exact(shape.tie) .. ',' .. exact(shape.width) .. ','
  redis.call('ZREMRANGEBYSCORE', rounds, '-inf', exact(now()))
  redis.call('ZADD', rounds, board.expires or '+inf', name .. board.board)
end

local function write(board)
  if board.new and board.new ~= board.old then
    put(board, member, board.old, board.new)
    board.total = redis.call('ZCARD', board.board)
    if not board.old and board.total == 1 then
      expire(board, board.board)
      if board.index then expire(board, board.index) end
      register(board)
    end
    if board.groups then
      local score, name = resultOf(board, board.new)
      local added = redis.call('ZADD', board.groups, score, name)
      if added == 1 and redis.call('ZCARD', board.groups) == 1 then expire(board, board.groups) end
      if board.old then dropResult(board, board.old) end
    end
  end
  board.total = board.total or redis.call('ZCARD', board.board)
  if board.part then writePart(board) end
  if board.meta and hasMetadata then
    set(board, board.meta, member, metadata)
  end
  if board.size > 0 and board.total > board.size then
    -- A board whose size was lowered shrinks by a hundred a submit.
    local _, _, _, worst = rowsOf(board, math.max(board.size, board.total - 100), 100)
    for _, name in ipairs(worst) do drop(board, name, now()) end
    board.total = board.total - #worst
  end
end

local answer = {}
local function say(...)
  for i = 1, select('#', ...) do answer[#answer + 1] = (select(i, ...)) end
end

-- Where the member stood and stands, from 1, and who is behind it now and was ahead; whoever enters comes from the very end.
local function sayPassed(board, before)
  local after = indexOf(board, member)
  local passed = after and math.max(0, (before or board.total - 1) - after) or 0
  local names = {}
  if passed > 0 and named ~= '0' then
    local _, _, _, found = rowsOf(board, after + 1, math.min(passed, tonumber(named)))
    for i, name in ipairs(found) do names[i] = hexOf(name) end
  end
  say(before and before + 1 or '', after and after + 1 or '', passed, table.concat(names, '|'))
end

for _, board in ipairs(boards) do
  if board.attempts and not board.closed and not board.spent then
    set(board, board.attempts, member, redis.call('HGET', board.attempts, member) or '0')
    redis.call('HINCRBY', board.attempts, member, 1)
  end
  if board.closed then
    say('closed', board.start, board.finish, '', '', '', '', '', '', '', '', '')
  elseif banned then
    if board.new then
      set(board, board.hidden, member, rawPlace(board.new))
      register(board)
    end
    say('hidden', board.start, board.finish, '', '', '', '', redis.call('ZCARD', board.board), '', '', '', '')
  else
    local before = named ~= '' and board.old and indexOf(board, member)
    local oldRank, newPlace, newRank = '', '', ''
    if board.old then oldRank = rankOf(board, member, board.old, policy) end
    write(board)
    local place = board.new or board.old
    if board.size > 0 then place = placeOf(board, member) and place end
    if place then
      newPlace = placeText(place)
      newRank = oldRank
      if place ~= board.old or board.size > 0 then newRank = rankOf(board, member, place, policy) end
    end
    local status = board.new and (board.old and 'changed' or 'entered') or 'unchanged'
    if not place then status = 'beyond' end
    if board.spent then status = 'spent' end
    if board.history and place and not board.spent then
      set(board, board.history, member, extended(board, member, happened(), place))
    end
    say(status, board.start, board.finish, board.old and placeText(board.old) or '', oldRank, newPlace, newRank, board.total)
    if named == '' then say('', '', '', '') else sayPassed(board, before) end
  end
end

local text = table.concat(answer, ',')
if once then redis.call('SET', once, text, 'PX', rememberMs) end
return { 'ok', text }
