-- How one member of a packed board stands: the question that is asked most, without anything that it does not need.
-- KEYS[1]  the board
-- ARGV[1]  the member
-- ARGV[2]  tie policy: ordinal, competition or modified
-- ARGV[3]  so many places in a row are one result
-- ARGV[4]  start and ARGV[5] end of the period the server's clock must be in (ms; both empty: any)
-- Returns  { 'clock', now } | { 'nobody' } | { 'ok', place, rank, members that are better, members on the board }
local board, member, policy, tie = KEYS[1], ARGV[1], ARGV[2], tonumber(ARGV[3])
if ARGV[4] ~= '' then
  local now = nowMs()
  if now < tonumber(ARGV[4]) or now >= tonumber(ARGV[5]) then return { 'clock', string.format('%.0f', now) } end
end
local place = redis.call('ZSCORE', board, member)
if not place then return { 'nobody' } end
local number = tonumber(place)
local first = number - math.fmod(number, tie)
local ahead = redis.call('ZCOUNT', board, '-inf', string.format('(%.0f', first))
local rank = ahead + 1
if policy == 'ordinal' then rank = redis.call('ZRANK', board, member) + 1
elseif policy == 'modified' then rank = redis.call('ZCOUNT', board, '-inf', string.format('%.0f', first + tie - 1)) end
return { 'ok', place, rank, ahead, redis.call('ZCARD', board) }
