-- Adds jobs that wait for nothing but their turn: without priority, delay, group or throttle, and none is replaced. The short way of
-- add.lua. It looks at no type: each key is read, or is the first to be written, before anything has changed, so that foreign data
-- is refused by the server's own WRONGTYPE.
-- KEYS[1]  waiting: see queue.lua
-- KEYS[2]  jobs: see queue.lua
-- KEYS[3]  finished: see queue.lua; only where results are kept
-- ARGV[1]  the channel that wakes workers
-- then     per job: id, payload
-- Returns  per job 1 when it is new, 0 when its id is there, or its result is still kept
local before, micros = redis.call('LLEN', KEYS[1]), nowMicros()
local added, ids = {}, {}
for i = 2, #ARGV, 2 do
  local id, change = ARGV[i], 0
  if not (KEYS[3] and redis.call('ZSCORE', KEYS[3], id)) then
    change = redis.call('HSETNX', KEYS[2], id, string.format('0:%.0f:0:', micros + #added) .. ARGV[i + 1])
    if change == 1 then ids[#ids + 1] = id end
  end
  added[#added + 1] = change
end
if #ids > 0 then redis.call('RPUSH', KEYS[1], unpack(ids)) end
-- Without the right to publish nobody is told: workers find the job when they look by themselves.
if before == 0 and #ids > 0 then redis.pcall('PUBLISH', ARGV[1], '') end
return added
