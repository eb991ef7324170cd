-- Removes a value and answers it. Where a session was a tombstone stands for a while, so that no late write brings it back.
-- KEYS[1]  the value
-- ARGV[1]  life of the tombstone in ms
-- Returns  what stood there, or false
local value = redis.call('GET', KEYS[1])
if not value or value == 'T' then return false end
if string.sub(value, 1, 1) == 's' then
  redis.call('SET', KEYS[1], 'T', 'PX', ARGV[1])
else
  redis.call('DEL', KEYS[1])
end
return value
