-- Keeps and tells the progress of a job that is still at work by this delivery.
-- KEYS     see queue.lua
-- ARGV[8]  id
-- ARGV[9]  delivery
-- ARGV[10] the progress, as a payload
-- Returns  1, or 0 when the job is lost
if foreign then return foreign end
local id = ARGV[8]
if not redis.call('ZSCORE', KEYS[4], id) or stateOf(id).delivery ~= tonumber(ARGV[9]) then return 0 end
redis.call('HSET', KEYS[9], id, 'p:' .. ARGV[10])
tell('p', id)
return 1
