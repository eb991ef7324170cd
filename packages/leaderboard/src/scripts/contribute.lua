-- Shared by the scripts of this package: what a submit does to its bucket of a rolling window.
-- KEYS     none of its own
-- ARGV     none of its own
-- Returns  nothing; it defines local functions
-- The number of a column that a change leads out of its bounds, or further out; nil for none. One that leads back counts, though
-- what lapsed keeps the sum beyond its bound. Parts whose changes are not surely added up exactly are out of bounds, too.
local function ledOut(parts, sums, limits)
  for i, column in ipairs(columns) do
    local change, reach = column.time and 0 or column.second, 0
    for _, part in pairs(parts) do reach = reach + math.abs(part[i + 1]) end
    if (change < 0 and sums[i] < 0) or (change > 0 and sums[i] >= limits[i]) or reach >= 2 ^ 53 then return i end
  end
  return nil
end

-- Nil, or the number of a column that would leave its bounds.
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
  local place, sums = foldOf(board, parts)
  local outside = window.sum and ledOut(parts, sums, limits)
  if outside then return outside end
  board.new = place ~= board.old and place or nil
  for i = 1, #part do part[i] = exact(part[i]) end
  board.part = { field = field, text = table.concat(part, ','), lapses = tonumber(part[1]) + window.length }
  return nil
end

-- A rolling window's keys live as long as its last score counts.
local function writePart(board)
  local window, part = board.window, board.part
  redis.call('HSET', board.parts, part.field, part.text)
  redis.call('ZADD', board.lapses, exact(part.lapses), part.field)
  for _, name in ipairs({ board.board, board.parts, board.lapses, board.groups, board.meta, board.history, board.attempts }) do
    if name then redis.call('PEXPIRE', name, exact(window.length + window.bucket)) end
  end
end
