-- What the scripts of a queue share. Put before each script's own text.
-- KEYS[1]  waiting: list of ids, first come first served
-- KEYS[2]  ranked: sorted set of ids with a priority, by arrival in microseconds less their head start
-- KEYS[3]  delayed: sorted set of ids by when they are due, ms
-- KEYS[4]  leased: sorted set of ids at work by the end of their lease, ms
-- KEYS[5]  jobs: hash of id and `<priority>:<arrival in microseconds>:<payload>`
-- KEYS[6]  state: hash of id and `<delivery>:<failures>:<crashes>:<last error>`, for jobs that were taken before;
--          the delivery's number only grows; a delivery counts as a crash until it is answered
-- KEYS[7]  dead: sorted set of ids of dead letters by when they died, ms
-- KEYS[8]  control: hash; the field `paused` is there while nothing is handed out
-- ARGV[1]  head start of one step of priority, microseconds
-- ARGV[2]  the channel that wakes workers
-- ARGV[3]  how many dead letters are kept
-- Returns  nothing: these are functions
local foreign = foreignKey({ 'list', 'zset', 'zset', 'zset', 'hash', 'hash', 'zset', 'hash' })
local micros = nowMicros()
local now = math.floor(micros / 1000)
local headStart, channel, mostDead = tonumber(ARGV[1]), ARGV[2], tonumber(ARGV[3])

local function jobOf(record)
  local priority, arrival = string.match(record, '^(%-?%d+):(%d+):')
  return tonumber(priority), tonumber(arrival)
end

local function stateOf(id)
  local state = redis.call('HGET', KEYS[6], id)
  if not state then return { delivery = 0, failures = 0, crashes = 0, problem = '' } end
  local delivery, failures, crashes, problem = string.match(state, '^(%d+):(%d+):(%d+):(.*)$')
  return { delivery = tonumber(delivery), failures = tonumber(failures), crashes = tonumber(crashes), problem = problem }
end

local function keepState(id, state)
  local numbers = string.format('%.0f:%.0f:%.0f:', state.delivery, state.failures, state.crashes)
  redis.call('HSET', KEYS[6], id, numbers .. state.problem)
end

local function isEmpty()
  return redis.call('LLEN', KEYS[1]) == 0 and redis.call('ZCARD', KEYS[2]) == 0
end

-- Without the right to publish nobody is woken, and workers find the job when they look by themselves.
local function wake()
  redis.pcall('PUBLISH', channel, '')
end

-- Makes a job ready: behind the others, or before them when it was there already.
local function ready(id, priority, arrival, first)
  if priority ~= 0 then
    redis.call('ZADD', KEYS[2], string.format('%.0f', arrival - priority * headStart), id)
  elseif first then
    redis.call('LPUSH', KEYS[1], id)
  else
    redis.call('RPUSH', KEYS[1], id)
  end
end

local function forget(id)
  redis.call('HDEL', KEYS[5], id)
  redis.call('HDEL', KEYS[6], id)
end

local function bury(id, state)
  keepState(id, state)
  redis.call('ZADD', KEYS[7], now, id)
  local excess = redis.call('ZCARD', KEYS[7]) - mostDead
  if excess > 0 then
    for _, old in ipairs(redis.call('ZRANGE', KEYS[7], 0, math.min(excess, 10) - 1)) do
      redis.call('ZREM', KEYS[7], old)
      forget(old)
    end
  end
end
