-- What the inventory's scripts share: levels of items, holds, and their way back. Put before each script's own text.
-- KEYS[1]  counts: hash, per item `o<item>` on hand, `h<item>` held, `s<item>` sold; free is on hand less held
-- KEYS[2]  holds: hash of a reservation's id and { { { item, quantity }, … }, customer or '' }
-- KEYS[3]  due: sorted set of ids by the instant at which their hold ends, ms
-- KEYS[4]  settled: sorted set by instant of what is over: `c` confirmed, `r` released, `x` expired, `a` adjusted, and the id
-- KEYS[5]  customers: hash of `<length of item>:<item><customer>` and what that customer holds or bought
-- KEYS[6]  audit: stream of every change, where it is kept
-- ARGV[1]  how long what is over is remembered, ms
-- ARGV[2]  about how many entries the audit keeps; 0: there is none
-- ARGV[3]  how many ended holds are taken back on the way
-- Returns  of a script: { outcome, detail, detail, touched }; touched: per item name, free before, on hand, held, sold
local foreign = foreignKey({ 'hash', 'hash', 'zset', 'zset', 'hash', 'stream' })
local now = nowMs()
local levels, order = {}, {}

local function whole(number) return string.format('%.0f', number) end

local function levelOf(item)
  local level = levels[item]
  if level then return level end
  local counts = redis.call('HMGET', KEYS[1], 'o' .. item, 'h' .. item, 's' .. item)
  level = {
    known = counts[1] ~= false,
    onHand = tonumber(counts[1] or '0'),
    held = tonumber(counts[2] or '0'),
    sold = tonumber(counts[3] or '0'),
    changed = false,
  }
  level.freeBefore = level.onHand - level.held
  levels[item] = level
  order[#order + 1] = item
  return level
end

local function change(item, onHand, held, sold)
  local level = levelOf(item)
  level.onHand, level.held, level.sold = level.onHand + onHand, level.held + held, level.sold + sold
  level.known, level.changed = true, true
end

local function customerField(item, customer)
  return string.len(item) .. ':' .. item .. customer
end

local function record(act, id, items)
  if ARGV[2] == '0' then return end
  redis.call('XADD', KEYS[6], 'MAXLEN', '~', ARGV[2], '*', 'act', act, 'id', id, 'items', cjson.encode(items))
end

local names = { c = 'confirmed', r = 'released', x = 'expired' }

-- Ends a hold: confirmed it is sold, otherwise its stock is free again and does not count for its customer any more.
local function endHold(id, how)
  local hold = cjson.decode(redis.call('HGET', KEYS[2], id))
  local items, customer = hold[1], hold[2]
  for _, entry in ipairs(items) do
    local item, quantity = entry[1], entry[2]
    if how == 'c' then
      change(item, -quantity, -quantity, quantity)
    else
      change(item, 0, -quantity, 0)
      if customer ~= '' then
        local field = customerField(item, customer)
        if redis.call('HINCRBY', KEYS[5], field, whole(-quantity)) <= 0 then redis.call('HDEL', KEYS[5], field) end
      end
    end
  end
  redis.call('HDEL', KEYS[2], id)
  redis.call('ZREM', KEYS[3], id)
  redis.call('ZADD', KEYS[4], now, how .. id)
  record(names[how], id, items)
end

-- Takes back holds whose time is over, the longest over first, and forgets what was settled long ago. Returns how many.
local function takeBack()
  local ended = redis.call('ZRANGEBYSCORE', KEYS[3], '-inf', now, 'LIMIT', 0, ARGV[3])
  for _, id in ipairs(ended) do endHold(id, 'x') end
  local old = redis.call('ZRANGEBYSCORE', KEYS[4], '-inf', now - ARGV[1], 'LIMIT', 0, ARGV[3])
  if #old > 0 then redis.call('ZREM', KEYS[4], unpack(old)) end
  return #ended
end

-- The instant at which a live hold ends; nil when there is none. One that is over is taken back first.
local function liveUntil(id)
  local due = redis.call('ZSCORE', KEYS[3], id)
  if not due then return nil end
  if tonumber(due) > now then return tonumber(due) end
  endHold(id, 'x')
  return nil
end

-- How a reservation that is no longer held ended; nil when nothing is known of it.
local function endOf(id)
  for how, name in pairs(names) do
    if redis.call('ZSCORE', KEYS[4], how .. id) then return name end
  end
end

local function answer(outcome, first, second)
  local touched = {}
  for _, item in ipairs(order) do
    local level = levels[item]
    if level.changed then
      redis.call('HSET', KEYS[1], 'o' .. item, whole(level.onHand), 'h' .. item, whole(level.held), 's' .. item, whole(level.sold))
      for _, part in ipairs({ item, whole(level.freeBefore), whole(level.onHand), whole(level.held), whole(level.sold) }) do
        touched[#touched + 1] = part
      end
    end
  end
  return { outcome, first or '', second or '', touched }
end
