-- After a read found nothing fresh: what is there now, or the lease to load it, or who loads.
-- KEYS[1]  the entry
-- KEYS[2]  its lease
-- KEYS[3]  the last write of the key
-- ARGV[1]  the beginning of the entry that was judged; empty: there was none
-- ARGV[2]  origin of the invalidation record
-- ARGV[3]  position of the record as it was read: what is loaded now is stamped with it
-- ARGV[4]  a lease granted before this position is void (the cache was cleared since)
-- ARGV[5]  token of the lease wanted
-- ARGV[6]  how long the lease lives, ms
-- ARGV[7]  channel to be woken on; '-': does not wait
-- ARGV[8]  how many may wait to be woken
-- Returns  { 'changed' } | { 'lease' } | { 'lease', entry of a write that is not stored yet } | { 'loading', ms left } |
--          { 'failed', ms left, what failed }
local function granted()
  local write = readWrite(KEYS[3])
  if write and write.kind == 'P' then return { 'lease', write.entry } end
  return { 'lease' }
end
local seen = ARGV[1]
local found = redis.call('GET', KEYS[1])
-- Nothing to judge in an empty one: as if there were none.
if found and found ~= '' and (seen == '' or string.sub(found, 1, #seen) ~= seen) then return { 'changed' } end

local lease = readLease(KEYS[2])
local waiting = ''
local failures = 0
local void = lease and (lease.origin ~= ARGV[2] or lease.position < tonumber(ARGV[4]))
if lease and lease.kind == 'F' and not void then
  local left = lease.untilMs - nowMs()
  if left > 0 then return { 'failed', left, lease.rest } end
  failures = lease.failures
elseif lease and lease.kind == 'L' then
  if not void then
    if lease.token == ARGV[5] then return granted() end
    if ARGV[7] ~= '-' and not string.find(' ' .. lease.rest .. ' ', ' ' .. ARGV[7] .. ' ', 1, true) then
      local _, count = string.gsub(lease.rest, '%S+', '')
      if count < tonumber(ARGV[8]) then redis.call('APPEND', KEYS[2], ' ' .. ARGV[7]) end
    end
    return { 'loading', redis.call('PTTL', KEYS[2]) }
  end
  -- Those who wait for a void lease wait for its successor.
  if lease.rest ~= '' then waiting = ' ' .. lease.rest end
end
writeLease(KEYS[2], ARGV[2], ARGV[3], ARGV[5], failures, waiting, ARGV[6])
return granted()
