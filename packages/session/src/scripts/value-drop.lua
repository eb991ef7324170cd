-- Removes a value that was written anew under another secret, if nobody has changed it since it was seen. A tombstone stays.
-- KEYS[1]  the value
-- ARGV[1]  what was seen there; '' : nothing
-- Returns  what stood there, or false
local value = redis.call('GET', KEYS[1])
if value and value ~= 'T' and value == ARGV[1] then redis.call('DEL', KEYS[1]) end
return value
