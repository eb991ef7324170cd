-- The last ids that were given out in the two streams a consumer is woken by.
-- KEYS[1]  the log
-- KEYS[2]  the stream that wakes
-- ARGV     none
-- Returns  { last id of the log, last id of the stream that wakes }; 0-0 where there is no stream
local function lastId(key)
  if redis.call('EXISTS', key) == 0 then return '0-0' end
  local info = redis.call('XINFO', 'STREAM', key)
  for i = 1, #info, 2 do
    if info[i] == 'last-generated-id' then return info[i + 1] end
  end
end
return { lastId(KEYS[1]), lastId(KEYS[2]) }
