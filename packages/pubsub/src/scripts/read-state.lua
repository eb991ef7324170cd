-- Reads all entries of a state together with its head, so that both are of the same moment.
-- KEYS[1]  the head: 'epoch:offset' of the newest change
-- KEYS[2]  the entries, a hash: key to 'epoch:offset', a line feed, the value
-- ARGV[1]  how many entries at most: a state that holds more was not made here
-- Returns  { head or false, the entries as HGETALL gives them }
if redis.call('HLEN', KEYS[2]) > tonumber(ARGV[1]) then
  return redis.error_reply('ERR the state holds more keys than its definition allows')
end
return { redis.call('GET', KEYS[1]), redis.call('HGETALL', KEYS[2]) }
