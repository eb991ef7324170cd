-- One submit to many boards: all of it, or nothing. The period a score belongs to is that of the server's clock, or of when
-- it happened, where that is earlier.
-- KEYS     what submission.lua takes; then of each board and candidate period those of its round (see round.lua)
-- ARGV     what submission.lua takes
-- then     per board: operator, what round.lua reads, size (0: any), the limit of each column's digit, number of candidate
--          periods; per candidate: start, end, closing and expiry in ms, time columns counting from the start. No
--          candidates: a board without periods; then what its time columns count from
-- Returns  { 'ok' | 'again', text }: per board `status,start,end,old place,old rank,new place,new rank,total,old index,new
--          index,passed,names of those in hexadecimal joined by |`, joined by commas, empty where there is none; { 'clock', now } or { 'bounds', board, column }: nothing was done
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
  local outside = nil
  if board.spent or (banned and board.window) then
    board.old = placeOf(board, member)
  elseif board.window then
    outside = contribute(board, limits)
  elseif not board.closed then
    board.old = placeOf(board, member)
    local stands = board.old
    -- A ban, or its end, may not have come to this board yet: what it would move there counts here, too.
    local hidden = board.hidden and redis.call('HGET', board.hidden, member)
    if hidden then
      stands = placeFrom(hidden)
      board.shown = not banned
    end
    local digits
    digits, outside = decide(operator, stands and digitsOf(board, stands, limits), limits, board.epoch)
    board.new = digits and joined(digits, limits) or (board.shown and stands or nil)
  end
  if outside then
    -- An entry of an outbox that is refused once is refused for good.
    if seen then redis.call('SET', seen, entry .. ' bounds') end
    return { 'bounds', #boards, outside }
  end
end

local answer = {}
local function say(board, status, oldPlace, oldRank, newPlace, newRank, total, passed)
  answer[#answer + 1] = table.concat({
    status, board.start, board.finish, oldPlace, oldRank, newPlace, newRank, total, passed or ',,,',
  }, ',')
end

for _, board in ipairs(boards) do
  if board.attempts and not board.closed and not board.spent then
    set(board, board.attempts, member, redis.call('HGET', board.attempts, member) or '0')
    redis.call('HINCRBY', board.attempts, member, 1)
  end
  if board.closed then
    say(board, 'closed', '', '', '', '', '')
  elseif banned then
    if board.new then conceal(board) end
    say(board, 'hidden', '', '', '', '', redis.call('ZCARD', board.board))
  else
    local before = named and board.old and indexOf(board, member)
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
    local oldPlace = board.old and placeText(board.old) or ''
    say(board, status, oldPlace, oldRank, newPlace, newRank, board.total, named and passedBy(board, before))
  end
end

local text = table.concat(answer, ',')
if once then redis.call('SET', once, text .. behind, 'PX', rememberMs) end
-- An entry comes to one board.
if seen then redis.call('SET', seen, entry .. (boards[1].closed and ' closed' or '')) end
if outbox then
  redis.call('XADD', outbox, '*', 'submit', queued, 'at', exact(happened()))
  redis.call('SADD', reached, unpack(places))
end
return { 'ok', text }
