-- Takes a share of what several may hold, if there is room and nobody waits in front; else takes or keeps a place in the queue,
-- when asked to. The same token again is the same request again: a claim of what was granted, or a repeat after a lost reply.
-- KEYS[1]  the semaphore or read-write lock
-- KEYS[2]  optional: the limit that was set for it, which stands above that of the caller
-- ARGV[1]  token, 16 characters
-- ARGV[2]  lease in ms
-- ARGV[3]  '-': only try; 'p' or 'n': wait in the queue
-- ARGV[4]  weight; the limit itself: exclusively
-- ARGV[5]  limit
-- ARGV[6]  '1': goes in front of those who want less and have not yet lost their patience; else '0'
-- ARGV[7]  optional: a name for the holder
-- Returns  fence, held now; { 0, token, name and ms left of the lease that ends first, place in the queue or 0; of one who
--          only tries: how many wait }; { -1 } this token was given back before; the error FOREIGN or FOREIGNLIMIT when
--          the key, or that of the limit, holds something else
local token, way, weight, owner = ARGV[1], ARGV[3], tonumber(ARGV[4]), ARGV[7] or ''
local micros = nowMicros()
local now = math.floor(micros / 1000)
local till = now + tonumber(ARGV[2])
local state = readState(redis.call('GET', KEYS[1]), now)
if not state then return redis.error_reply(foreign) end
state.limit = limitOf(KEYS[2], ARGV[5])
if not state.limit then return redis.error_reply(foreignLimit) end

local held = find(state.holders, token)
if not held then
  for at = 1, #state.gone, 16 do
    if string.sub(state.gone, at, at + 15) == token then return { -1 } end
  end
  local waiter = find(state.waiters, token)
  if waiter then
    waiter.way, waiter.expiry = way, now + waiterMs
  elseif way == '-' or #state.waiters < mostSharing then
    local place = #state.waiters + 1
    while ARGV[6] == '1' and place > 1 do
      local before = state.waiters[place - 1]
      if before.weight >= weight or before.since <= now - patienceMs then break end
      place = place - 1
    end
    table.insert(state.waiters, place, { token = token, way = way, weight = weight, expiry = now + waiterMs, since = now })
  end
  held = serve(KEYS[1], state, micros, now, token)
end
if held then
  held.till, held.owner = till, owner
  writeState(KEYS[1], state, now)
  return held.fence
end

local _, place = find(state.waiters, token)
if place and way == '-' then
  table.remove(state.waiters, place)
  place = #state.waiters
end
writeState(KEYS[1], state, now)
local first = { token = '', owner = '', till = now + waiterMs }
for _, one in ipairs(state.holders) do
  if one.till < first.till or first.token == '' then first = one end
end
return { 0, first.token, first.owner, first.till - now, place or 0 }
