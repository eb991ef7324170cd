-- Keeps a value for so long, unless it is a session and a tombstone says that it was ended.
-- KEYS[1]  the value: its kind, s session or v other, and its text; a counter is a number alone; a tombstone is T
-- ARGV[1]  kind and text                ARGV[2]  life in ms
-- Returns  1 | 0
if string.sub(ARGV[1], 1, 1) == 's' and redis.call('GET', KEYS[1]) == 'T' then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
