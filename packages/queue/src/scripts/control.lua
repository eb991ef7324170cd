-- Pauses and resumes a queue; removes, cancels, replays and discards jobs.
-- KEYS     see queue.lua
-- ARGV[8]  pause, resume, drain, or remove, cancel, replay, discard
-- then     ids, of the last four; of drain how many at most
-- Returns  how many it concerned; of drain fewer than asked for only when nothing is left that waits
if foreign then return foreign end
local act = ARGV[8]
if act == 'pause' then return redis.call('HSET', KEYS[8], 'paused', '1') end
if act == 'resume' then
  local removed = redis.call('HDEL', KEYS[8], 'paused')
  wake()
  return removed
end

local concerned, wasEmpty = 0, isEmpty()

-- Takes a job out that waits, or is at work and may be cancelled.
local function remove(id, record)
  if takeOut(id, record) then return true end
  if act ~= 'cancel' or redis.call('ZREM', KEYS[4], id) == 0 then return false end
  local _, _, group = jobOf(record)
  leave(group)
  redis.pcall('PUBLISH', channel, stateOf(id).delivery .. ':' .. id)
  return true
end

-- Also those whose record another hand removed. The parked first: they wait for others of their group, which are taken out after them.
if act == 'drain' then
  local most, ids = tonumber(ARGV[9]), {}
  for _, key in ipairs({ KEYS[12], KEYS[2], KEYS[3] }) do
    local members = #ids < most and redis.call('ZRANGE', key, 0, most - #ids - 1) or {}
    if #members > 0 then redis.call('ZREM', key, unpack(members)) end
    for _, member in ipairs(members) do ids[#ids + 1] = key == KEYS[12] and string.match(member, '^[^%z]*%z%d+%z(.*)$') or member end
  end
  if #ids < most then
    for _, id in ipairs(redis.call('LPOP', KEYS[1], most - #ids) or {}) do ids[#ids + 1] = id end
  end
  finishAll(ids)
  return #ids
end

for i = 9, #ARGV do
  local id = ARGV[i]
  local record = recordOf(id)
  if act == 'remove' or act == 'cancel' then
    if record and remove(id, record) then
      finish(id)
      concerned = concerned + 1
    end
  elseif redis.call('ZREM', KEYS[7], id) == 1 then
    concerned = concerned + 1
    if act == 'discard' then
      finish(id)
    else
      -- Begins anew, now and not when it was added.
      redis.call('HDEL', KEYS[6], id)
      local priority, _, _ = jobOf(record)
      ready(id, priority, micros + concerned, true)
    end
  end
end
if wasEmpty and not isEmpty() then wake() end
return concerned
