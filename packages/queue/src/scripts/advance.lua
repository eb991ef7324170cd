-- One round of a worker: settles what is done, makes ready what is due or was abandoned, and takes what there is room for.
-- KEYS     see queue.lua
-- ARGV[8]  the lease, ms
-- ARGV[9]  how many jobs to take
-- ARGV[10] how many due, abandoned and parked jobs to move at most
-- ARGV[11] deliveries without an answer after which a job is dead
-- ARGV[12] the rate: microseconds between two jobs; 0: none
-- ARGV[13] how many jobs may be handed out ahead of the rate
-- then     per settlement: c done, r again later, d dead or b given back; id, delivery, delay ms, error or result
-- Returns  { per settlement 1, or 0 when the job was not this delivery's any more; ms until there may be something, -1: unknown;
--            then per job taken: id, delivery, failures, its record }
if foreign then return foreign end
local leaseMs, wanted, most, crashes = tonumber(ARGV[8]), tonumber(ARGV[9]), tonumber(ARGV[10]), tonumber(ARGV[11])
local spacing, burst = tonumber(ARGV[12]), tonumber(ARGV[13])
local wasEmpty, madeReady = isEmpty(), false
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
local function release(record)
  local _, _, group = jobOf(record)
  if group ~= '' then
    leave(group)
    madeReady = true
  end
end

local settled = {}
for i = 14, #ARGV, 5 do
  local act, id, delivery, delayMs, said = ARGV[i], ARGV[i + 1], tonumber(ARGV[i + 2]), tonumber(ARGV[i + 3]), ARGV[i + 4]
  local state = stateOf(id)
  local ours = state.delivery == delivery and redis.call('ZREM', KEYS[4], id) == 1
  settled[#settled + 1] = ours and 1 or 0
  if ours then
    local record = recordOf(id)
    state.crashes = state.crashes - 1
    release(record)
    if act == 'c' then
      finish(id, said)
    elseif act == 'b' then
      keepState(id, state)
      putBack(id, record)
    else
      state.failures, state.problem = state.failures + 1, said
      if act == 'd' then
        bury(id, state)
      else
        keepState(id, state)
        redis.call('ZADD', KEYS[3], now + delayMs, id)
      end
    end
  end
end

if #settled > 0 then forgetResults(#settled) end

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
forgetThrottled()
for _, id in ipairs(redis.call('ZRANGEBYSCORE', KEYS[3], '-inf', now, 'LIMIT', 0, most)) do
  redis.call('ZREM', KEYS[3], id)
  local priority, _, _ = jobOf(recordOf(id))
  ready(id, priority, micros, false)
  madeReady = true
end
if mostOfGroup == 0 then
  -- The limit was lifted while they waited for it.
  for _, member in ipairs(redis.call('ZRANGE', KEYS[12], 0, most - 1)) do
    unpark(member, string.match(member, '^[^%z]*'))
    madeReady = true
  end
end

local function first()
  local ranked = redis.call('ZRANGE', KEYS[2], 0, 0, 'WITHSCORES')
  if not ranked[1] then return redis.call('LPOP', KEYS[1]) end
  local head = redis.call('LINDEX', KEYS[1], 0)
  if head then
    local _, arrival = jobOf(recordOf(head))
    if arrival <= tonumber(ranked[2]) then return redis.call('LPOP', KEYS[1]) end
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

local taken = {}
local isPaused = redis.call('HEXISTS', KEYS[8], 'paused') == 1
if not isPaused then
  for _ = 1, wanted do
    if usedUntil + spacing - micros > ahead then break end
    local id, record = take()
    if not id then break end
    usedUntil = usedUntil + spacing
    local state = stateOf(id)
    state.delivery, state.crashes = state.delivery + 1, state.crashes + 1
    keepState(id, state)
    redis.call('ZADD', KEYS[4], now + leaseMs, id)
    taken[#taken + 1] = id
    taken[#taken + 1] = state.delivery
    taken[#taken + 1] = state.failures
    taken[#taken + 1] = record
  end
end
if spacing > 0 then
  if #taken > 0 then redis.call('HSET', KEYS[8], 'tat', string.format('%.0f', usedUntil)) end
  if not isPaused and not isEmpty() then soonest(math.max(0, math.ceil((usedUntil + spacing - micros - ahead) / 1000))) end
end
-- Others may be idle: what came while there was nothing, and is more than was taken here, is theirs.
if madeReady and wasEmpty and not isPaused and not isEmpty() then wake() end

for _, key in ipairs({ KEYS[3], KEYS[4] }) do
  local earliest = redis.call('ZRANGE', key, 0, 0, 'WITHSCORES')[2]
  if earliest then soonest(math.max(0, tonumber(earliest) - now)) end
end
local answer = { settled, nextInMs }
for _, part in ipairs(taken) do answer[#answer + 1] = part end
return answer
