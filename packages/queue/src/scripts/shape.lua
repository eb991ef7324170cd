-- Remembers how many partitions a queue has and what they go by, the first time it is asked.
-- KEYS[1]  the shape
-- ARGV[1]  `<partitions> by <id or group>`, as the caller thinks
-- Returns  what it is
redis.call('SET', KEYS[1], ARGV[1], 'NX')
return redis.call('GET', KEYS[1])
