-- What the scripts of a queue share. Put before each script's own text.
-- KEYS[1]  waiting: list of ids, first come first served
-- KEYS[2]  ranked: sorted set of ids with a priority, that became ready after they were added, or that came back, by when they
--          arrived or became ready, in microseconds, less their head start
-- KEYS[3]  delayed: sorted set of ids by when they are due, ms
-- KEYS[4]  leased: sorted set of ids at work by the end of their lease, ms
-- KEYS[5]  jobs: hash of id and `<priority>:<arrival in microseconds>:<bytes of group>:<group><payload>`
-- KEYS[6]  state: hash of id and `<delivery>:<failures>:<crashes>:<last error>`, for jobs that were taken before;
--          a delivery's number is the queue's next; a delivery counts as a crash until it is answered
-- KEYS[7]  dead: sorted set of ids of dead letters by when they died, ms
-- KEYS[8]  control: hash; `paused` is there while nothing is handed out, `tat` is when the rate is used up until (microseconds),
--          `g:<group>` counts the group's jobs at work, `deliveries` is the number of the last delivery, `parked` is
--          `<limit> <group>`: the lowest limit under which jobs may be parked, and from which group on those parked under it are left
-- KEYS[9]  answers: hash of id and `p:<progress>` of a job that is there, or `c:<result>` of one that is done
-- KEYS[10] finished: sorted set of ids of jobs whose results are kept by when they were done, ms
-- KEYS[11] throttled: sorted set of ids by when they may be added again, ms
-- KEYS[12] parked: sorted set, all of score 0, of `<group>\0<arrival, 20 digits>\0<id>`: jobs whose group has its fill at work
-- ARGV[1]  head start of one step of priority, microseconds
-- ARGV[2]  the channel that wakes workers
-- ARGV[3]  the channel of events
-- ARGV[4]  how many dead letters are kept, and for how long in ms, 0: any time
-- ARGV[5]  how many jobs of one group may be at work; 0: any number
-- ARGV[6]  how long results are kept, ms; 0: not at all, and nobody is told of an end
-- ARGV[7]  how many results are kept
-- Returns  nothing: these are functions; a script's own arguments begin at ARGV[8]
local foreign = foreignKey({ 'list', 'zset', 'zset', 'zset', 'hash', 'hash', 'zset', 'hash', 'hash', 'zset', 'zset', 'zset' })
local micros = nowMicros()
local now = math.floor(micros / 1000)
local headStart, channel, events = tonumber(ARGV[1]), ARGV[2], ARGV[3]
local mostDead, keepDeadMs = string.match(ARGV[4], '^(%d+) (%d+)$')
mostDead, keepDeadMs = tonumber(mostDead), tonumber(keepDeadMs)
local mostOfGroup, keepMs, mostKept = tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[7])
-- What one call forgets of what is over, at most.
local atOnce = 16

-- Priority, arrival and group. A job whose record another hand removed has none of them, and is dropped when its turn comes.
local function jobOf(record)
  if not record then return 0, 0, '' end
  local priority, arrival, length, from = string.match(record, '^(%-?%d+):(%d+):(%d+):()')
  return tonumber(priority), tonumber(arrival), string.sub(record, from, from + length - 1)
end

local function recordOf(id)
  return redis.call('HGET', KEYS[5], id)
end

local function readState(text)
  if not text then return { delivery = 0, failures = 0, crashes = 0, problem = '' } end
  local delivery, failures, crashes, problem = string.match(text, '^(%d+):(%d+):(%d+):(.*)$')
  return { delivery = tonumber(delivery), failures = tonumber(failures), crashes = tonumber(crashes), problem = problem }
end

local function stateOf(id)
  return readState(redis.call('HGET', KEYS[6], id))
end

local function writeState(state)
  return string.format('%.0f:%.0f:%.0f:', state.delivery, state.failures, state.crashes) .. state.problem
end

local function keepState(id, state)
  redis.call('HSET', KEYS[6], id, writeState(state))
end

local function isEmpty()
  return redis.call('LLEN', KEYS[1]) == 0 and redis.call('ZCARD', KEYS[2]) == 0
end

-- Without the right to publish nobody is told: workers find the job, and waiters the answer, when they look by themselves.
local function wake()
  redis.pcall('PUBLISH', channel, '')
end

local function tell(kind, id)
  redis.pcall('PUBLISH', events, kind .. ':' .. id)
end

local function atWork(group)
  return tonumber(redis.call('HGET', KEYS[8], 'g:' .. group) or 0)
end

local function hasFill(group)
  if mostOfGroup == 0 or group == '' then return false end
  return atWork(group) >= mostOfGroup
end

-- The limit under which jobs may be parked, and the group from which on they are; nil: none was since all were let go.
local function parkedUnder()
  local limit, from = string.match(redis.call('HGET', KEYS[8], 'parked') or '', '^(%d+) (.*)$')
  return tonumber(limit), from
end

local function noteParked(limit, from)
  redis.call('HSET', KEYS[8], 'parked', string.format('%.0f ', limit) .. from)
end

-- The parked are to be looked through by whoever allows more of a group than this.
local function lookAgain(limit)
  noteParked(limit, '')
  wake()
end

local function park(id, group, arrival)
  redis.call('ZADD', KEYS[12], 0, string.format('%s\0%020.0f\0%s', group, arrival, id))
  local limit = parkedUnder()
  if not limit or limit > mostOfGroup then lookAgain(mostOfGroup) end
end

-- Makes a job ready: behind the others, or where `arrival` belongs when it has a priority or was not just added.
local function ready(id, priority, arrival, back)
  if priority ~= 0 or back then
    redis.call('ZADD', KEYS[2], string.format('%.0f', arrival - priority * headStart), id)
  else
    redis.call('RPUSH', KEYS[1], id)
  end
end

-- Makes a parked job ready; `member` is as it is parked, `group` its group. False when another hand removed its record.
local function unpark(member, group)
  redis.call('ZREM', KEYS[12], member)
  local id = string.sub(member, #group + 23)
  local record = recordOf(id)
  if not record then return false end
  local priority, arrival = jobOf(record)
  ready(id, priority, arrival, true)
  return true
end

-- The next of those that wait for the group is ready.
local function unparkNext(group)
  for _ = 1, atOnce do
    local parked = redis.call('ZRANGEBYLEX', KEYS[12], '[' .. group .. '\0', '(' .. group .. '\1', 'LIMIT', 0, 1)
    if not parked[1] or unpark(parked[1], group) then return end
  end
  -- More than that were removed by another hand.
  lookAgain(0)
end

-- A job of the group is no longer at work: the next of those that wait for it is ready.
local function leave(group)
  if group == '' then return end
  if redis.call('HINCRBY', KEYS[8], 'g:' .. group, -1) <= 0 then redis.call('HDEL', KEYS[8], 'g:' .. group) end
  unparkNext(group)
end

local function takeFrom(id, group, arrival)
  if redis.call('ZREM', KEYS[3], id) == 1 or redis.call('ZREM', KEYS[2], id) == 1 then return true end
  if group ~= '' and redis.call('ZREM', KEYS[12], string.format('%s\0%020.0f\0%s', group, arrival, id)) == 1 then return true end
  if redis.call('ZSCORE', KEYS[4], id) or redis.call('ZSCORE', KEYS[7], id) then return false end
  return redis.call('LREM', KEYS[1], 1, id) == 1
end

-- Takes a job out of wherever it waits; true when it did. It may have been the one that its group's next waited for.
local function takeOut(id, record)
  local _, arrival, group = jobOf(record)
  local taken = takeFrom(id, group, arrival)
  if taken and group ~= '' and not hasFill(group) then unparkNext(group) end
  return taken
end

-- Jobs are over. Results are kept for a while where that is asked for; of others nothing is left.
local function finishAll(ids, results)
  if #ids == 0 then return end
  redis.call('HDEL', KEYS[5], unpack(ids))
  redis.call('HDEL', KEYS[6], unpack(ids))
  if keepMs == 0 or not results then redis.call('HDEL', KEYS[9], unpack(ids)) end
  if keepMs == 0 then return end
  for i, id in ipairs(ids) do
    if results then
      redis.call('HSET', KEYS[9], id, 'c:' .. results[i])
      redis.call('ZADD', KEYS[10], now, id)
    end
    tell(results and 'c' or 'x', id)
  end
end

-- One is over, without a result.
local function finish(id)
  finishAll({ id })
end

-- Forgets ids that rest no longer: some more than so many that came.
local function forgetThrottled(came)
  for _, id in ipairs(redis.call('ZRANGEBYSCORE', KEYS[11], '-inf', now, 'LIMIT', 0, came + atOnce)) do redis.call('ZREM', KEYS[11], id) end
end

-- Forgets results that were kept long enough, or are too many: some more than so many that came. True when there may be more.
local function forgetResults(came)
  local most = came + atOnce
  local over = redis.call('ZRANGEBYSCORE', KEYS[10], '-inf', now - keepMs, 'LIMIT', 0, most)
  local excess = redis.call('ZCARD', KEYS[10]) - mostKept
  if excess > #over then over = redis.call('ZRANGE', KEYS[10], 0, math.min(excess, most) - 1) end
  for _, old in ipairs(over) do
    redis.call('ZREM', KEYS[10], old)
    redis.call('HDEL', KEYS[9], old)
  end
  return #over == most
end

-- Forgets dead letters that were kept long enough. True when there may be more.
local function forgetDead()
  if keepDeadMs == 0 then return false end
  local over = redis.call('ZRANGEBYSCORE', KEYS[7], '-inf', now - keepDeadMs, 'LIMIT', 0, atOnce)
  for _, old in ipairs(over) do
    redis.call('ZREM', KEYS[7], old)
    finish(old)
  end
  return #over == atOnce
end

local function bury(id, state)
  keepState(id, state)
  redis.call('ZADD', KEYS[7], now, id)
  local excess = redis.call('ZCARD', KEYS[7]) - mostDead
  if excess > 0 then
    for _, old in ipairs(redis.call('ZRANGE', KEYS[7], 0, math.min(excess, 10) - 1)) do
      redis.call('ZREM', KEYS[7], old)
      finish(old)
    end
  end
  if keepMs > 0 then tell('d', id) end
end
