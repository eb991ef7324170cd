-- Retains a channel's last value under the next version, and publishes it, in one act; an outdated version changes nothing.
-- KEYS[1]  the retained frame
-- KEYS[2]  the channel
-- ARGV[1]  the frame up to its position
-- ARGV[2]  the body
-- ARGV[3]  the epoch to begin with when nothing is retained; never used before
-- ARGV[4]  the version, or '' for the next one
-- ARGV[5]  for how long the value is retained, in ms
-- ARGV[6]  PUBLISH or SPUBLISH
-- Returns  { 1 or 0 when a newer version is retained, 'epoch:version' that is retained now, receivers }
local header = redis.call('GETRANGE', KEYS[1], 15, 127)
local epoch, stored = string.match(header, '^%w*;([%w_-]+):(%d+)\n')
local version
if ARGV[4] ~= '' then
  version = tonumber(ARGV[4])
  if epoch and tonumber(stored) >= version then return { 0, epoch .. ':' .. stored, 0 } end
else
  version = (tonumber(stored) or 0) + 1
end
local position = (epoch or ARGV[3]) .. ':' .. string.format('%.0f', version)
local frame = ARGV[1] .. position .. '\n' .. ARGV[2]
redis.call('SET', KEYS[1], frame, 'PX', ARGV[5])
return { 1, position, redis.call(ARGV[6], KEYS[2], frame) }
