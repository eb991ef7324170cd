-- Shared by the scripts of this package: what a submit writes to one board. Every key that is new ends with its round.
-- KEYS     none of its own
-- ARGV     none of its own
-- Returns  nothing; it defines local functions
local function expire(board, key)
  if board.expires then redis.call('PEXPIREAT', key, board.expires) end
  if board.window then redis.call('PEXPIRE', key, exact(board.window.length + board.window.bucket)) end
end

-- A hash of the round gets a field; one that is new ends with its round.
local function set(board, key, field, value)
  if redis.call('HSET', key, field, value) == 1 and redis.call('HLEN', key) == 1 then expire(board, key) end
end

-- Whoever looks for a member everywhere finds the round here. What has ended is taken off, a hundred at a time.
local function register(board)
  local shape = board.shape
  local name = shape.flags .. ',' .. exact(shape.tie) .. ',' .. exact(shape.width) .. ','
  local ended = redis.call('ZRANGEBYSCORE', rounds, '-inf', exact(now()), 'LIMIT', 0, 100)
  if #ended > 0 then redis.call('ZREM', rounds, unpack(ended)) end
  local expires = board.expires or (board.window and exact(now() + board.window.length + board.window.bucket))
  redis.call('ZADD', rounds, expires or '+inf', name .. board.board)
end

-- Of a banned member: out of sight, and off the board where its ban has not come to it yet.
local function conceal(board)
  set(board, board.hidden, member, rawPlace(board.new))
  register(board)
  if board.old then
    erase(board, member, board.old)
    if board.groups then dropResult(board, board.old) end
  end
end

local function write(board)
  if board.shown then redis.call('HDEL', board.hidden, member) end
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
  if board.part then
    writePart(board)
    register(board)
  end
  if board.meta and metadata and not board.spent then set(board, board.meta, member, metadata) end
  if board.size > 0 and board.total > board.size then
    -- A board whose size was lowered shrinks by a hundred a submit.
    local _, _, _, worst = rowsOf(board, math.max(board.size, board.total - 100), 100)
    for _, name in ipairs(worst) do drop(board, name, now()) end
    board.total = board.total - #worst
  end
end
