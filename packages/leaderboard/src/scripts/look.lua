-- Shared by the scripts of this package: the round that is looked at, at which moment, and how many are on the board.
-- KEYS     of the round (see round.lua)
-- ARGV     tie policy; what round.lua reads; start and end of the period the server's clock must be in (ms; both empty: any)
-- Returns  nothing, or from the whole script { 'clock', now } or { 'behind' }
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
