-- Removes a value and answers it. Where a session was a tombstone stands for a while, so that no late write brings it back.
-- KEYS[1]  the value
-- ARGV[1]  life of the tombstone in ms
-- ARGV[2]  1: a tombstone whatever stands there, for a session that is kept under another secret
-- Returns  what stood there, a tombstone included, or false
local value = redis.call('GET', KEYS[1])
if ARGV[2] == '1' or (value and string.sub(value, 1, 1) == 's') then
  redis.call('SET', KEYS[1], 'T', 'PX', ARGV[1])
elseif value and value ~= 'T' then
  redis.call('DEL', KEYS[1])
end
return value
