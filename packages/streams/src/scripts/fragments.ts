/** The consumer in whose name retries wait in the pending list: nobody alive, so nobody else can settle them. */
export const waitingConsumer = '~waiting';

/**
 * `owned(id, deliveries)`: 1 when the entry is pending with this consumer and this delivery, 0 when it is not pending at
 * all, -1 when somebody else has it. The fence of every settlement. Expects KEYS[1] log, ARGV[1] group, ARGV[2] consumer.
 */
export const owned = `local function owned(id, deliveries)
  local found = redis.call('XPENDING', KEYS[1], ARGV[1], id, id, 1)[1]
  if not found then return 0 end
  if found[2] ~= ARGV[2] or found[4] ~= tonumber(deliveries) then return -1 end
  return 1
end`;

/** `forget(id, failures)`: acknowledges an entry whose payload is gone. Redis 7.0 drops it by itself, older servers do not. */
export const forget = `local function forget(id, failures)
  redis.call('XACK', KEYS[1], ARGV[1], id)
  redis.call('HDEL', failures, id)
end`;

/**
 * `hand(id, consumer, deliveries, failures)`: makes the pending entry that consumer's, as this delivery; false when its
 * payload is gone: it is forgotten then. Expects KEYS[1] log, ARGV[1] group, and the fragment `forget`.
 */
export const hand = `local function hand(id, consumer, deliveries, failures)
  local kept = redis.call('XCLAIM', KEYS[1], ARGV[1], consumer, 0, id, 'RETRYCOUNT', deliveries, 'JUSTID')[1]
  if not kept then forget(id, failures) end
  return kept
end`;

/** `rows(reply)`: what XINFO lists, each as a table by field. */
export const rows = `local function rows(reply)
  for at, row in ipairs(reply) do
    local fields = {}
    for i = 1, #row, 2 do fields[row[i]] = row[i + 1] end
    reply[at] = fields
  end
  return reply
end`;

/** `dueIn(key, now)`: ms until the first of a set of due times is due; -1 when it is empty. */
export const dueIn = `local function dueIn(key, now)
  local first = redis.call('ZRANGE', key, 0, 0, 'WITHSCORES')
  return first[2] and math.max(0, tonumber(first[2]) - now) or -1
end`;

/** `runEffects(at)`: runs plain commands that stand in ARGV from `at` on: of each how many words, then those. */
export const runEffects = `local function runEffects(at)
  while at <= #ARGV do
    local count = tonumber(ARGV[at])
    redis.call(unpack(ARGV, at + 1, at + count))
    at = at + 1 + count
  end
end`;

/** `trimByAge(key, maxAge)`: keeps about so many milliseconds of entries (`''`: no bound). Expects the fragment `nowMs`. */
export const trimByAge = `local function trimByAge(key, maxAge)
  if maxAge == '' then return end
  local oldest = math.max(0, nowMs() - tonumber(maxAge))
  redis.call('XTRIM', key, 'MINID', '~', string.format('%.0f', oldest))
end`;

/**
 * `take(id, deliveries)`: makes the pending entry this consumer's, as delivery number `deliveries`, and lists it in
 * `taken`; when its payload is gone it is forgotten and listed in `lost`. Expects KEYS[1] log, KEYS[2] retry,
 * KEYS[3] failures, ARGV[1] group, ARGV[2] consumer, and the fragment `forget`.
 */
export const take = `local taken, lost = {}, {}
local function take(id, deliveries)
  redis.call('ZREM', KEYS[2], id)
  local claimed = redis.call('XCLAIM', KEYS[1], ARGV[1], ARGV[2], 0, id, 'RETRYCOUNT', deliveries)[1]
  if claimed and claimed[2] then
    local failed = redis.call('HGET', KEYS[3], id)
    local failures = failed and tonumber(string.match(failed, '^%d+')) or 0
    taken[#taken + 1] = { id, claimed[2], deliveries, failures }
  else
    forget(id, KEYS[3])
    lost[#lost + 1] = id
  end
end`;

/** `addEntry(key, maxLength, parts, from, to)`: XADD of these parts, keeping about so many entries (`''`: no bound); its id. */
export const addEntry = `local function addEntry(key, maxLength, parts, from, to)
  local command = { 'XADD', key }
  if maxLength ~= '' then
    command[3], command[4], command[5] = 'MAXLEN', '~', maxLength
  end
  command[#command + 1] = '*'
  for i = from, to do command[#command + 1] = parts[i] end
  return redis.call(unpack(command))
end`;

/**
 * `copyFields(command, fields, mark)`: adds the fields of an entry to a command, each name after the mark. Of an entry with more than
 * 3000 fields, which is none of ours, only the first 3000: a Lua function takes no more than some 8000 values.
 */
export const copyFields = `local function copyFields(command, fields, mark)
  for i = 1, math.min(#fields, 6000), 2 do
    command[#command + 1] = mark .. fields[i]
    command[#command + 1] = fields[i + 1]
  end
end`;

/** `wake(key, group)`: wakes all who wait on this log, by an entry in the stream that wakes; it lives a minute. */
export const wake = `local function wake(key, group)
  redis.call('XADD', key, 'MAXLEN', '1', '*', 'g', group)
  redis.call('PEXPIRE', key, 60000)
end`;

/** `countFailure(key, id, now)`: one failure more in the group's failures, which remember the first one's time. */
export const countFailure = `local function countFailure(key, id, now)
  local failures, first = 0, string.format('%.0f', now)
  local failed = redis.call('HGET', key, id)
  if failed then failures, first = string.match(failed, '^(%d+):(%d+)') end
  redis.call('HSET', key, id, string.format('%d:%s', tonumber(failures) + 1, first))
end`;

/**
 * `ownedAmong(from)`: for `{ lowest id, highest id, how many may be pending between, id, delivery, … }` in ARGV from `from`
 * on, what `owned` says of each pair, in their order; one look for all of them instead of one for each.
 */
export const ownedAmong = `local function ownedAmong(from)
  local held = {}
  local range = { ARGV[from], ARGV[from + 1], ARGV[from + 2], ARGV[2] }
  for _, found in ipairs(redis.call('XPENDING', KEYS[1], ARGV[1], unpack(range))) do held[found[1]] = found[4] end
  local results = {}
  for i = from + 3, #ARGV, 2 do
    local deliveries = held[ARGV[i]]
    if deliveries == tonumber(ARGV[i + 1]) then
      results[#results + 1] = 1
    else
      results[#results + 1] = owned(ARGV[i], ARGV[i + 1])
    end
  end
  return results
end`;

/** `comesAfter(a, b)`: by their bytes. Lua's own comparison goes by the locale of the server. */
export const comesAfter = `local function comesAfter(a, b)
  for i = 1, math.min(#a, #b) do
    local left, right = string.byte(a, i), string.byte(b, i)
    if left ~= right then return left > right end
  end
  return #a > #b
end`;

/** `isBefore(a, b)`: whether an entry id comes before another. Both parts are 64-bit numbers, too large for a Lua number. */
export const isBefore = `local function isBefore(a, b)
  local aMs, aSeq = string.match(a, '^(%d+)-(%d+)$')
  local bMs, bSeq = string.match(b, '^(%d+)-(%d+)$')
  if aMs ~= bMs then return #aMs < #bMs or (#aMs == #bMs and aMs < bMs) end
  return #aSeq < #bSeq or (#aSeq == #bSeq and aSeq < bSeq)
end`;

/**
 * `finish(how, ids)`: acknowledges entries; with `how` `server` or `script` it also deletes those that every group is done
 * with, by XACKDEL or by looking. Expects KEYS[1] log, ARGV[1] group, and the fragments `isBefore` and `rows`.
 */
export const finish = `local function finish(how, ids)
  -- A server that came with a failover may be an older one: then it is done by looking.
  if how == 'server' and not redis.pcall('XACKDEL', KEYS[1], ARGV[1], 'ACKED', 'IDS', #ids, unpack(ids)).err then return end
  redis.call('XACK', KEYS[1], ARGV[1], unpack(ids))
  if how == '' then return end
  local groups = rows(redis.call('XINFO', 'GROUPS', KEYS[1]))
  local over = {}
  for _, id in ipairs(ids) do
    local done = true
    for _, group in ipairs(groups) do
      if isBefore(group['last-delivered-id'], id) then done = false end
      if group.pending > 0 and redis.call('XPENDING', KEYS[1], group.name, id, id, 1)[1] then done = false end
    end
    if done then over[#over + 1] = id end
  end
  if #over > 0 then redis.call('XDEL', KEYS[1], unpack(over)) end
end`;
