-- Freezes the result of a period that takes no more scores: written once, whoever asks however often.
-- KEYS[1]  the final result; KEYS[2] the members whose rewards are not handed over yet; then of the round (see round.lua)
-- ARGV[1]  tie policy
-- ARGV[2]  rows
-- ARGV[3]  when the period closes, ARGV[4] when it is forgotten, ARGV[5] when its result is, in ms
-- then     what round.lua reads; start and end of the period the server's clock must be in (ms; both empty: any)
-- Returns  { 'clock', now } | { 'open' } | { 'gone' } | { 'first' or 'again', the result, members not handed over }.
--          The result: tie policy, members on the board, members up to and with the equals of the last row, rows asked for, rows
local final, pending = takeKey(), takeKey()
local policy, count = take(), tonumber(take())
local closes, forgotten, expires = tonumber(take()), tonumber(take()), take()
local round = takeKeys(takeShape())
local startMs, endMs = take(), take()
local now = nowMs()
if startMs ~= '' and (now < tonumber(startMs) or now >= tonumber(endMs)) then return { 'clock', exact(now) } end

local result = redis.call('LRANGE', final, 0, -1)
if #result > 0 then return { 'again', result, redis.call('SMEMBERS', pending) } end
if now < closes then return { 'open' } end
if now >= forgotten then return { 'gone' } end

local rows, _, last, members = rowsOf(round, 0, count)
local equals = last and upTo(round, last) or 0
result = { policy, tostring(redis.call('ZCARD', round.board)), tostring(equals), tostring(count) }
for i = 1, #rows do result[i + 4] = rows[i] end
redis.call('RPUSH', final, unpack(result))
redis.call('PEXPIREAT', final, expires)
if #members > 0 then
  redis.call('SADD', pending, unpack(members))
  redis.call('PEXPIREAT', pending, expires)
end
return { 'first', result, members }
