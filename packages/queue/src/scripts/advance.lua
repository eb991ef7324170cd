-- One round of a worker: settles what is done, makes ready what is due or was abandoned, and takes what there is room for.
-- KEYS     see queue.lua
-- ARGV[8]  the lease, ms
-- ARGV[9]  how many jobs to take
-- ARGV[10] how many due, abandoned and parked jobs to move at most
-- ARGV[11] deliveries without an answer after which a job is dead
-- ARGV[12] the rate: microseconds between two jobs; 0: none
-- ARGV[13] how many jobs may be handed out ahead of the rate
-- then     per settlement: c done, r again later, d dead or b given back, and the job's group behind it; id, delivery, delay ms,
--          error or result
-- Returns  { per settlement 1, or 0 when the job was not this delivery's any more; ms until there may be something, -1: unknown;
--            then per job taken: id, delivery, failures, its record }
if foreign then return foreign end
local leaseMs, wanted, most, crashes = tonumber(ARGV[8]), tonumber(ARGV[9]), tonumber(ARGV[10]), tonumber(ARGV[11])
local spacing, burst = tonumber(ARGV[12]), tonumber(ARGV[13])
local wasEmpty, madeReady, dueEarlier = isEmpty(), false, false
local nextInMs = -1

local function soonest(inMs)
  if nextInMs == -1 or inMs < nextInMs then nextInMs = inMs end
end

local function putBack(id, record)
  local priority, arrival = jobOf(record)
  ready(id, priority, arrival, true)
  madeReady = true
end

-- No longer at work: its group may go on. Before it is put back itself, so that it comes before those that it kept waiting.
-- Of a job whose record another hand removed the worker knows the group, if there is one who answers.
local function release(record, known)
  local _, _, group = jobOf(record)
  if not record then group = known or '' end
  if group ~= '' then
    leave(group)
    madeReady = true
  end
end

-- Settles: everything that is needed is read at once, and what is over is forgotten at once.
local settled, ids = {}, {}
for i = 14, #ARGV, 5 do ids[#ids + 1] = ARGV[i + 1] end
if #ids > 0 then
  local states, ends = redis.call('HMGET', KEYS[6], unpack(ids)), redis.call('ZMSCORE', KEYS[4], unpack(ids))
  local ours = {}
  for n, id in ipairs(ids) do
    states[n] = readState(states[n])
    local isOurs = ends[n] and states[n].delivery == tonumber(ARGV[9 + 5 * n + 2])
    settled[n] = isOurs and 1 or 0
    if isOurs then ours[#ours + 1] = id end
  end
  if #ours > 0 then redis.call('ZREM', KEYS[4], unpack(ours)) end
  local records = redis.call('HMGET', KEYS[5], unpack(ids))
  local done, results = {}, {}
  for n, id in ipairs(ids) do
    local from = 9 + 5 * n
    local act, known = string.match(ARGV[from], '^(.)(.*)$')
    local delayMs, said = tonumber(ARGV[from + 3]), ARGV[from + 4]
    if settled[n] == 1 then
      local state, record = states[n], records[n]
      state.crashes = state.crashes - 1
      release(record, known)
      if act == 'c' then
        done[#done + 1], results[#results + 1] = id, said
      elseif act == 'b' then
        keepState(id, state)
        putBack(id, record)
      else
        state.failures, state.problem = state.failures + 1, said
        if act == 'd' then
          bury(id, state)
        else
          keepState(id, state)
          local earliest = tonumber(redis.call('ZRANGE', KEYS[3], 0, 0, 'WITHSCORES')[2])
          dueEarlier = dueEarlier or not earliest or now + delayMs < earliest
          redis.call('ZADD', KEYS[3], now + delayMs, id)
        end
      end
    end
  end
  finishAll(done, results)
end
-- In every round: an id that is used once a day must not wait for another job to be done.
if forgetResults(#ids) then soonest(0) end
if forgetDead() then soonest(0) end

for _, id in ipairs(redis.call('ZRANGEBYSCORE', KEYS[4], '-inf', now, 'LIMIT', 0, most)) do
  redis.call('ZREM', KEYS[4], id)
  local state, record = stateOf(id), recordOf(id)
  release(record)
  if state.crashes >= crashes then
    state.problem = 'the worker was lost ' .. string.format('%.0f', state.crashes) .. ' times'
    bury(id, state)
  else
    putBack(id, record)
  end
end
forgetThrottled(most)
-- By when they became ready, whenever they were added; of those that are due together the one that was due first.
for i, id in ipairs(redis.call('ZRANGEBYSCORE', KEYS[3], '-inf', now, 'LIMIT', 0, most)) do
  redis.call('ZREM', KEYS[3], id)
  local priority, _, _ = jobOf(recordOf(id))
  ready(id, priority, micros + i, true)
  madeReady = true
end

-- Where the limit was raised or lifted since jobs were parked under it: of each group as many may go as there may be more at work.
local function unparkUnder(limit, from)
  local group, free
  for _ = 1, most do
    local member = redis.call('ZRANGEBYLEX', KEYS[12], '[' .. from, '+', 'LIMIT', 0, 1)[1]
    if not member then
      if mostOfGroup > 0 then noteParked(mostOfGroup, '') else redis.call('HDEL', KEYS[8], 'parked') end
      return
    end
    local nextGroup = string.match(member, '^[^%z]*')
    if nextGroup ~= group then group, free = nextGroup, mostOfGroup == 0 and most or mostOfGroup - atWork(nextGroup) end
    if free <= 0 then
      from = group .. '\1'
    elseif unpark(member, group) then
      free, madeReady = free - 1, true
    end
  end
  noteParked(limit, from)
  soonest(0)
  wake()
end

local isPaused = redis.call('HEXISTS', KEYS[8], 'paused') == 1
local limit, from = parkedUnder()
if limit and wanted > 0 and not isPaused and (mostOfGroup == 0 or limit < mostOfGroup) then unparkUnder(limit, from) end

local function first()
  local ranked = redis.call('ZRANGE', KEYS[2], 0, 0, 'WITHSCORES')
  if not ranked[1] then return redis.call('LPOP', KEYS[1]) end
  local head = redis.call('LINDEX', KEYS[1], 0)
  if head then
    local _, arrival = jobOf(recordOf(head))
    -- Of two that came in the same instant, the one that has waited for its turn before.
    if arrival < tonumber(ranked[2]) then return redis.call('LPOP', KEYS[1]) end
  end
  redis.call('ZREM', KEYS[2], ranked[1])
  return ranked[1]
end

-- The first whose group may have one more at work, and its record; others are parked until it may.
local passed = 0
local function take()
  while true do
    local id = first()
    if not id then return nil end
    local record = recordOf(id)
    local _, arrival, group = jobOf(record)
    if not record then
      finish(id)
      -- Whose turn it had is not known any more.
      if parkedUnder() then noteParked(0, '') end
      soonest(0)
    elseif hasFill(group) then
      park(id, group, arrival)
    else
      if group ~= '' then redis.call('HINCRBY', KEYS[8], 'g:' .. group, 1) end
      return id, record
    end
    passed = passed + 1
    if passed >= most then
      soonest(0)
      return nil
    end
  end
end

-- The rate as a generic cell rate: when it is used up until, and how far that may lie ahead.
local usedUntil, ahead = micros, spacing * burst
if spacing > 0 then usedUntil = math.max(micros, tonumber(redis.call('HGET', KEYS[8], 'tat') or 0)) end

local room = isPaused and 0 or wanted
if spacing > 0 then room = math.min(room, math.floor((ahead + micros - usedUntil) / spacing)) end

-- Where nothing has to be chosen they are taken at once.
local takenIds, records = {}, {}
if room > 0 and mostOfGroup == 0 and redis.call('ZCARD', KEYS[2]) == 0 then
  local heads = redis.call('LPOP', KEYS[1], room) or {}
  local found = #heads > 0 and redis.call('HMGET', KEYS[5], unpack(heads)) or {}
  for i, id in ipairs(heads) do
    local record = found[i]
    if record then
      local _, _, group = jobOf(record)
      if group ~= '' then redis.call('HINCRBY', KEYS[8], 'g:' .. group, 1) end
      takenIds[#takenIds + 1], records[#records + 1] = id, record
    else
      finish(id)
      soonest(0)
    end
  end
else
  for _ = 1, room do
    local id, record = take()
    if not id then break end
    takenIds[#takenIds + 1], records[#records + 1] = id, record
  end
end

local taken = {}
if #takenIds > 0 then
  usedUntil = usedUntil + spacing * #takenIds
  local states, kept, leases = redis.call('HMGET', KEYS[6], unpack(takenIds)), {}, {}
  -- Of the queue, not of the job: an id that is used again goes on, so that nobody takes one delivery for another.
  local before = redis.call('HINCRBY', KEYS[8], 'deliveries', #takenIds) - #takenIds
  for i, id in ipairs(takenIds) do
    local state = readState(states[i])
    state.delivery, state.crashes = before + i, state.crashes + 1
    kept[2 * i - 1], kept[2 * i] = id, writeState(state)
    leases[2 * i - 1], leases[2 * i] = now + leaseMs, id
    taken[4 * i - 3], taken[4 * i - 2], taken[4 * i - 1], taken[4 * i] = id, state.delivery, state.failures, records[i]
  end
  redis.call('HSET', KEYS[6], unpack(kept))
  redis.call('ZADD', KEYS[4], unpack(leases))
end
if spacing > 0 then
  if #taken > 0 then redis.call('HSET', KEYS[8], 'tat', string.format('%.0f', usedUntil)) end
  if not isPaused and not isEmpty() then soonest(math.max(0, math.ceil((usedUntil + spacing - micros - ahead) / 1000))) end
end
-- Others may be idle: what came while there was nothing, and is more than was taken here, is theirs; and who put a job back may be
-- gone when it is due.
if dueEarlier or (madeReady and wasEmpty and not isPaused and not isEmpty()) then wake() end

for _, key in ipairs({ KEYS[3], KEYS[4] }) do
  local earliest = redis.call('ZRANGE', key, 0, 0, 'WITHSCORES')[2]
  if earliest then soonest(math.max(0, tonumber(earliest) - now)) end
end
local answer = { settled, nextInMs }
for _, part in ipairs(taken) do answer[#answer + 1] = part end
return answer
