-- The sessions of a user, with the server's time to tell which of them have run out.
-- KEYS[1]  the user's sessions
-- ARGV     none
-- Returns  { now, { field, value, … } }
return { nowMs(), redis.call('HGETALL', KEYS[1]) }
