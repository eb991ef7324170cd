-- How far a group is: what is pending, waiting, dead and not yet delivered, and how old the oldest of it is.
-- KEYS[1]  the log
-- KEYS[2]  the retries of the group
-- KEYS[3]  the dead letters of the group
-- ARGV[1]  group
-- ARGV[2]  count at most this many entries on either side of the cursor where the server does not know the lag for sure
-- ARGV[3]  the consumer in whose name retries wait: it is nobody, and not counted
-- Returns  { server time in ms, length, pending, retries, dead letters, consumers, lag (-1: unknown), lag as the server has
--          it (-1: it does not), oldest id that is not acknowledged ('': none), last delivered id, first id, last id of the log }
local group
local exists = redis.call('EXISTS', KEYS[1]) == 1
for _, one in ipairs(rows(exists and redis.call('XINFO', 'GROUPS', KEYS[1]) or {})) do
  if one.name == ARGV[1] then group = one end
end
if not group then return redis.error_reply('NOGROUP No such consumer group') end
local delivered = group['last-delivered-id']
local length = redis.call('XLEN', KEYS[1])
local first = redis.call('XRANGE', KEYS[1], '-', '+', 'COUNT', 1)[1]
local lag = -1
local atEnd = delivered == '18446744073709551615-18446744073709551615'
if atEnd then
  lag = 0
elseif not first or isBefore(delivered, first[1]) then
  lag = length
elseif group.lag and (redis.REDIS_VERSION_NUM or 0) >= 0x080000 then
  lag = group.lag
else
  -- Servers before 8.0 are wrong for good once unread entries were trimmed, or a replica took over. Either side of the cursor
  -- tells what is on the other.
  local limit = tonumber(ARGV[2])
  local after = #redis.call('XRANGE', KEYS[1], '(' .. delivered, '+', 'COUNT', limit)
  if after < limit then
    lag = after
  else
    local before = #redis.call('XRANGE', KEYS[1], '-', delivered, 'COUNT', limit)
    if before < limit then lag = length - before end
  end
end
local oldest = redis.call('XPENDING', KEYS[1], ARGV[1])[2] or ''
if oldest == '' and not atEnd then
  local unread = redis.call('XRANGE', KEYS[1], '(' .. delivered, '+', 'COUNT', 1)[1]
  if unread then oldest = unread[1] end
end
local consumers = 0
for _, one in ipairs(rows(redis.call('XINFO', 'CONSUMERS', KEYS[1], ARGV[1]))) do
  if one.name ~= ARGV[3] then consumers = consumers + 1 end
end
local last = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)[1]
return {
  nowMs(), length, group.pending, redis.call('ZCARD', KEYS[2]), redis.call('XLEN', KEYS[3]), consumers,
  lag, group.lag or -1, oldest, delivered, first and first[1] or '', last and last[1] or ''
}
