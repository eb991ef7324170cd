-- Takes entries in the order of the log, whoever had them: retries given back, what dead consumers hold, then what is new.
-- Stops before the first entry that a living consumer holds, so that two never work on one key at a time. Of a partition it
-- takes whatever others hold, alive or not, but only while its tenure lasts.
-- KEYS[1]  the log
-- KEYS[2]  the retries of the group
-- KEYS[3]  the failures of the group
-- KEYS[4]  the tenure of the partition, if it is one
-- ARGV[1]  group
-- ARGV[2]  consumer
-- ARGV[3]  the consumer in whose name retries wait
-- ARGV[4]  at most this many
-- ARGV[5]  the lease in ms: idle for this long is dead
-- ARGV[6]  remove consumers idle for this many ms that hold nothing ('': none)
-- ARGV[7]  who has the partition
-- ARGV[8]  in which generation
-- ARGV[9]  a first delivery of a higher id than this never came to the caller ('': unknown)
-- ARGV[10] how many entries the caller let go before any handler saw them
-- ARGV[…]  of each of these its id and the number of its delivery
-- ARGV[…]  the ids of what the caller holds: what else is pending in its name it has no sight of, and takes in its turn, as
--          a further delivery unless no handler saw the last one
-- Returns  { entries, each { id, fields, number of the delivery, failures }, ids whose payload is gone, 1 when there may be
--          more, ms until what stopped it can expire at the earliest (-1: nothing did, -2: the tenure is over),
--          names of consumers removed }
local limit, lease = tonumber(ARGV[4]), tonumber(ARGV[5])
local fenced = #KEYS == 4
if fenced then
  local tenure = redis.call('HMGET', KEYS[4], 'o', 'g')
  if tenure[1] ~= ARGV[7] or tenure[2] ~= ARGV[8] then return { {}, {}, 0, -2, {} } end
end
local untilLetGo = 10 + 2 * tonumber(ARGV[10])
local letGo, held = {}, {}
for i = 11, untilLetGo, 2 do letGo[ARGV[i]] = tonumber(ARGV[i + 1]) end
for i = untilLetGo + 1, #ARGV do held[ARGV[i]] = true end
local function unstarted(id, deliveries)
  return letGo[id] == deliveries or (deliveries == 1 and ARGV[9] ~= '' and isBefore(ARGV[9], id))
end
local most = limit + #ARGV - untilLetGo + 1
local pending = redis.call('XPENDING', KEYS[1], ARGV[1], '-', '+', most)
local blocked = -1
-- The number of each delivery that is this consumer's.
local known = {}
for _, found in ipairs(pending) do
  local id, owner, idle, deliveries = found[1], found[2], found[3], found[4]
  if #taken == limit then break end
  if owner == ARGV[2] then
    if held[id] then known[id] = deliveries else take(id, unstarted(id, deliveries) and deliveries or deliveries + 1) end
  elseif fenced or owner == ARGV[3] or idle >= lease then
    take(id, deliveries + 1)
  else
    blocked = lease - idle
    break
  end
end
local more = 0
if blocked < 0 and (#taken == limit or #pending == most) then more = 1 end
if blocked < 0 and more == 0 then
  local reply = redis.call('XREADGROUP', 'GROUP', ARGV[1], ARGV[2], 'COUNT', limit - #taken, 'STREAMS', KEYS[1], '>')
  local came = reply and reply[1][2] or {}
  if #came == limit - #taken then more = 1 end
  for _, entry in ipairs(taken) do known[entry[1]] = entry[3] end
  for _, entry in ipairs(came) do
    local id = entry[1]
    if known[id] then
      -- Pending, and read anew, for the group was moved back: it stays in the delivery it is in. All that is pending was seen.
      redis.call('XCLAIM', KEYS[1], ARGV[1], ARGV[2], 0, id, 'RETRYCOUNT', known[id], 'JUSTID')
    else
      taken[#taken + 1] = { id, entry[2], 1, 0 }
    end
  end
end
local removed = {}
if ARGV[6] ~= '' then
  for _, other in ipairs(rows(redis.call('XINFO', 'CONSUMERS', KEYS[1], ARGV[1]))) do
    local idle = other.idle >= tonumber(ARGV[6])
    if idle and other.pending == 0 and other.name ~= ARGV[2] and other.name ~= ARGV[3] and #removed < 100 then
      redis.call('XGROUP', 'DELCONSUMER', KEYS[1], ARGV[1], other.name)
      removed[#removed + 1] = other.name
    end
  end
end
return { taken, lost, more, blocked, removed }
