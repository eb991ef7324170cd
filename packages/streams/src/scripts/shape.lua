-- Remembers how many partitions a stream has, the first time it is asked.
-- KEYS[1]  the shape
-- ARGV[1]  how many the caller thinks
-- Returns  how many it has
redis.call('SET', KEYS[1], ARGV[1], 'NX')
return tonumber(redis.call('GET', KEYS[1]))
