-- Counts up by one; the first count starts the time after which it begins anew.
-- KEYS[1]  the counter; a tombstone there is none
-- ARGV[1]  life in ms
-- Returns  the count
if redis.call('GET', KEYS[1]) == 'T' then redis.call('DEL', KEYS[1]) end
local count = redis.call('INCR', KEYS[1])
if count == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
return count
