-- Takes a snapshot of a board, the best rows with where they stand, once a stretch of time; or reads it.
-- KEYS[1]  the snapshot; then of the round (see round.lua)
-- ARGV[1]  1: take it where there is none yet
-- ARGV[2]  rows, ARGV[3] how long it is kept, ms
-- ARGV[4]  start and ARGV[5] end of the stretch the server's clock must be in, ms
-- then     what round.lua reads
-- Returns  { 'clock', now } | { 'first' | 'again', fields and values }: by member `index:place`, under no name `when:members on
--          the board`; nothing where there is no snapshot
local snapshot, takes = takeKey(), take() == '1'
local count, keepMs = tonumber(take()), take()
local startMs, endMs = tonumber(take()), tonumber(take())
local round = takeKeys(takeShape())
local now = nowMs()
if now < startMs or now >= endMs then return { 'clock', exact(now) } end
local found = redis.call('HGETALL', snapshot)
if #found > 0 or not takes then return { 'again', found } end
local _, _, _, members = rowsOf(round, 0, count)
found = { '', exact(now) .. ':' .. redis.call('ZCARD', round.board) }
if #members > 0 then
  for i, place in ipairs(placesOf(round, members)) do
    found[#found + 1] = members[i]
    found[#found + 1] = (i - 1) .. ':' .. placeText(placeFrom(place))
  end
end
redis.call('HSET', snapshot, unpack(found))
redis.call('PEXPIRE', snapshot, keepMs)
return { 'first', found }
