-- Removes, expires or replaces an entry. Whatever is being loaded meanwhile must not be stored: the lease ends.
-- KEYS[1]  the entry
-- KEYS[2]  its lease
-- ARGV[1]  'remove', 'expire' (it stays, as a fallback for errors) or 'set'
-- ARGV[2]  set: the entry's bytes
-- ARGV[3]  set: how long they live, ms
-- Returns  1: there was an entry; 0: there was none
local lease = readLease(KEYS[2])
redis.call('DEL', KEYS[2])
local existed = redis.call('EXISTS', KEYS[1])
if ARGV[1] == 'set' then
  redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
elseif ARGV[1] == 'remove' then
  redis.call('DEL', KEYS[1])
elseif existed == 1 then
  -- The second byte of the header: expired.
  redis.call('SETRANGE', KEYS[1], 1, '\1')
end
wakeWaiters(KEYS[2], lease)
return existed
