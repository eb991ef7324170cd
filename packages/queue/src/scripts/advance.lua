-- One round of a worker: settles what is done, makes ready what is due or was abandoned, and takes what there is room for.
-- KEYS     see queue.lua
-- ARGV[4]  the lease, ms
-- ARGV[5]  how many jobs to take
-- ARGV[6]  how many due and abandoned jobs to make ready at most
-- ARGV[7]  deliveries without an answer after which a job is dead
-- then     per settlement: c done, r again later, d dead or b given back; id, delivery, delay ms, error
-- Returns  { per settlement 1, or 0 when the job was not this delivery's any more; ms until there may be something, -1: unknown;
--            then per job taken: id, delivery, failures, `<priority>:<arrival>:<payload>` }
if foreign then return foreign end
local leaseMs, wanted, most, crashes = tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[7])
local wasEmpty, madeReady = isEmpty(), false

local function putBack(id)
  local priority, arrival = jobOf(redis.call('HGET', KEYS[5], id))
  ready(id, priority, arrival, true)
  madeReady = true
end

local settled = {}
for i = 8, #ARGV, 5 do
  local act, id, delivery, delayMs, problem = ARGV[i], ARGV[i + 1], tonumber(ARGV[i + 2]), tonumber(ARGV[i + 3]), ARGV[i + 4]
  local state = stateOf(id)
  local ours = state.delivery == delivery and redis.call('ZREM', KEYS[4], id) == 1
  settled[#settled + 1] = ours and 1 or 0
  if ours then
    state.crashes = state.crashes - 1
    if act == 'c' then
      forget(id)
    elseif act == 'b' then
      keepState(id, state)
      putBack(id)
    else
      state.failures, state.problem = state.failures + 1, problem
      if act == 'd' then
        bury(id, state)
      else
        keepState(id, state)
        redis.call('ZADD', KEYS[3], now + delayMs, id)
      end
    end
  end
end

for _, id in ipairs(redis.call('ZRANGEBYSCORE', KEYS[4], '-inf', now, 'LIMIT', 0, most)) do
  redis.call('ZREM', KEYS[4], id)
  local state = stateOf(id)
  if state.crashes >= crashes then
    state.problem = 'the worker was lost ' .. string.format('%.0f', state.crashes) .. ' times'
    bury(id, state)
  else
    putBack(id)
  end
end
for _, id in ipairs(redis.call('ZRANGEBYSCORE', KEYS[3], '-inf', now, 'LIMIT', 0, most)) do
  redis.call('ZREM', KEYS[3], id)
  local priority = jobOf(redis.call('HGET', KEYS[5], id))
  ready(id, priority, micros, false)
  madeReady = true
end

local function take()
  local ranked = redis.call('ZRANGE', KEYS[2], 0, 0, 'WITHSCORES')
  if not ranked[1] then return redis.call('LPOP', KEYS[1]) end
  local head = redis.call('LINDEX', KEYS[1], 0)
  if head then
    local _, arrival = jobOf(redis.call('HGET', KEYS[5], head))
    if arrival <= tonumber(ranked[2]) then return redis.call('LPOP', KEYS[1]) end
  end
  redis.call('ZREM', KEYS[2], ranked[1])
  return ranked[1]
end

local answer = { settled, -1 }
local isPaused = redis.call('HEXISTS', KEYS[8], 'paused') == 1
if not isPaused then
  for _ = 1, wanted do
    local id = take()
    if not id then break end
    local state = stateOf(id)
    state.delivery, state.crashes = state.delivery + 1, state.crashes + 1
    keepState(id, state)
    redis.call('ZADD', KEYS[4], now + leaseMs, id)
    answer[#answer + 1] = id
    answer[#answer + 1] = state.delivery
    answer[#answer + 1] = state.failures
    answer[#answer + 1] = redis.call('HGET', KEYS[5], id)
  end
end
-- Others may be idle: what came while there was nothing, and is more than was taken here, is theirs.
if madeReady and wasEmpty and not isPaused and not isEmpty() then wake() end

for _, key in ipairs({ KEYS[3], KEYS[4] }) do
  local first = redis.call('ZRANGE', key, 0, 0, 'WITHSCORES')[2]
  if first then
    local inMs = math.max(0, tonumber(first) - now)
    if answer[2] == -1 or inMs < answer[2] then answer[2] = inMs end
  end
end
return answer
