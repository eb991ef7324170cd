-- Takes over what dead consumers hold, removes consumers that are idle and hold nothing, and lists forgotten retries anew.
-- KEYS[1]  the log
-- KEYS[2]  the retries of the group
-- KEYS[3]  the failures of the group
-- ARGV[1]  group
-- ARGV[2]  consumer
-- ARGV[3]  the consumer in whose name retries wait
-- ARGV[4]  at most this many entries
-- ARGV[5]  the lease in ms: idle for this long is dead
-- ARGV[6]  remove consumers idle for this many ms
-- ARGV[7]  look at no more than this many consumers
-- ARGV[8]  go on after the consumer of this name ('': from the first)
-- Returns  { entries, each { id, fields, number of the delivery, failures }, ids whose payload is gone,
--          names of consumers that were removed, name to go on after ('': all were looked at),
--          ms until something held by another consumer can expire at the earliest }
local limit, lease, idleLimit = tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6])
local budget = tonumber(ARGV[7])
local removed = {}
local after, longestIdle = ARGV[8], 0

local function expired(name, count)
  return redis.call('XPENDING', KEYS[1], ARGV[1], 'IDLE', lease, '-', '+', count, name)
end

-- The server lists consumers in the order of their names' bytes, so a name is a cursor. The walk goes consumer by consumer,
-- each with its own pending list: entries of the living are never walked through, however many they are.
for _, consumer in ipairs(rows(redis.call('XINFO', 'CONSUMERS', KEYS[1], ARGV[1]))) do
  local name, mine = consumer.name, consumer.name == ARGV[2]
  if ARGV[8] == '' or comesAfter(name, ARGV[8]) then
    if budget == 0 or #taken >= limit then return { taken, lost, removed, after, 0 } end
    budget = budget - 1
    if name == ARGV[3] then
      if consumer.pending > redis.call('ZCARD', KEYS[2]) then
        local now = string.format('%.0f', nowMs())
        for _, found in ipairs(expired(name, 1000)) do redis.call('ZADD', KEYS[2], 'NX', now, found[1]) end
      end
    elseif consumer.pending > 0 then
      -- What idles in the caller's own name it has lost sight of, for it renews what it holds.
      if mine or consumer.idle >= lease then
        local want = limit - #taken
        local dead = expired(name, want)
        for _, found in ipairs(dead) do take(found[1], found[4] + 1) end
        -- More may be left with it: it is looked at again.
        if #dead == want then return { taken, lost, removed, after, 0 } end
      else
        longestIdle = math.max(longestIdle, consumer.idle)
      end
    elseif not mine and consumer.idle >= idleLimit then
      redis.call('XGROUP', 'DELCONSUMER', KEYS[1], ARGV[1], name)
      removed[#removed + 1] = name
    end
    after = name
  end
end
return { taken, lost, removed, '', lease - longestIdle }
