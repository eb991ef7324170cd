-- What the inventory's scripts share: levels of items, holds, and their way back. Put before each script's own text.
-- KEYS[1]  counts: hash, per item `o<item>` on hand, `h<item>` held, `s<item>` sold; free is on hand less held
-- KEYS[2]  holds: hash of a reservation's id and { { { item, quantity }, … }, customer or '' }
-- KEYS[3]  due: sorted set of ids by the instant at which their hold ends, ms
-- KEYS[4]  settled: sorted set by instant of what is over: `c` confirmed, `r` released, `x` expired, `a` adjusted, and the id
-- KEYS[5]  customers: hash of `<length of item>:<item><customer>` and what that customer holds or bought
-- KEYS[6]  audit: stream of every change, where it is kept: act, id and { { item, quantity }, … }
-- KEYS[7]  line: sorted set, all of score 0, of `<item>\0<ticket, 20 digits>\0<id>`: who waits for an item, in order
-- KEYS[8]  wanted: hash of a waiting id and { the hold as text, its length in ms, until when it waits, ticket, limit of a customer };
--          the field without a name counts tickets
-- KEYS[9]  books: hash as counts, of each item's level before the first entry of the audit that names it
-- ARGV[1]  how long what is over is remembered, ms
-- ARGV[2]  how many entries the audit keeps; 0: there is none
-- ARGV[3]  how many ended holds are taken back on the way
-- Returns  of a script: { outcome, detail, detail, touched, granted }; touched: per item name, free before, on hand, held, sold;
--          granted: ids of those that waited and are held now
local foreign = foreignKey({ 'hash', 'hash', 'zset', 'zset', 'hash', 'stream', 'zset', 'hash', 'hash' })
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
  level.found = { o = level.onHand, h = level.held, s = level.sold }
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

-- What an entry of the audit does to on hand, held and sold, for each piece.
local effects = {
  adjusted = { 1, 0, 0 },
  reserved = { 0, 1, 0 },
  confirmed = { -1, -1, 1 },
  released = { 0, -1, 0 },
  expired = { 0, -1, 0 },
}

-- The books of an item are opened with what there was when this act began.
local function openBooks(item)
  local found = levelOf(item).found
  if not found then return end
  levelOf(item).found = nil
  if redis.call('HSETNX', KEYS[9], 'o' .. item, whole(found.o)) == 0 then return end
  redis.call('HSET', KEYS[9], 'h' .. item, whole(found.h), 's' .. item, whole(found.s))
end

-- Writes the oldest entry of the audit into the books, and removes it.
local function closeOldest(entry)
  local effect = effects[entry[2][2]]
  for _, part in ipairs(effect and cjson.decode(entry[2][6]) or {}) do
    for i, kind in ipairs({ 'o', 'h', 's' }) do
      if effect[i] ~= 0 then redis.call('HINCRBY', KEYS[9], kind .. part[1], whole(effect[i] * part[2])) end
    end
  end
  redis.call('XDEL', KEYS[6], entry[1])
end

-- Two entries go for each that comes, so that books and audit together always tell all of it, and the audit gets as short as asked.
local function record(act, id, items)
  if ARGV[2] == '0' then return end
  for _, entry in ipairs(items) do openBooks(entry[1]) end
  redis.call('XADD', KEYS[6], '*', 'act', act, 'id', id, 'items', cjson.encode(items))
  local excess = redis.call('XLEN', KEYS[6]) - ARGV[2]
  if excess <= 0 then return end
  for _, entry in ipairs(redis.call('XRANGE', KEYS[6], '-', '+', 'COUNT', math.min(excess, 2))) do closeOldest(entry) end
end

local names = { c = 'confirmed', r = 'released', x = 'expired' }

-- Ends a hold: confirmed it is sold, otherwise its stock is free again and does not count for its customer any more. Of one whose
-- text another hand removed nobody knows what was held: it ends all the same, and `reconcile` finds the difference.
local function endHold(id, how, text)
  redis.call('HDEL', KEYS[2], id)
  redis.call('ZREM', KEYS[3], id)
  redis.call('ZADD', KEYS[4], now, how .. id)
  if not text then return end
  local hold = cjson.decode(text)
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
  record(names[how], id, items)
end

-- Holds items that are known to be free.
local function hold(id, items, customer, holdMs)
  for _, entry in ipairs(items) do
    change(entry[1], 0, entry[2], 0)
    if customer ~= '' then redis.call('HINCRBY', KEYS[5], customerField(entry[1], customer), whole(entry[2])) end
  end
  redis.call('HSET', KEYS[2], id, cjson.encode({ items, customer }))
  redis.call('ZADD', KEYS[3], now + holdMs, id)
  record('reserved', id, items)
end

-- How many of the item a customer may still have; nil: any number.
local function leftOf(item, customer, limit)
  if limit == 0 or customer == '' then return nil end
  return limit - tonumber(redis.call('HGET', KEYS[5], customerField(item, customer)) or '0')
end

local function placeOf(item, ticket, id)
  return string.format('%s\0%020.0f\0%s', item, ticket, id)
end

-- Who is the first to wait for an item. Those whose wish another hand removed wait for nothing, and leave the line.
local function headOf(item)
  local id
  for _ = 1, 16 do
    local first = redis.call('ZRANGEBYLEX', KEYS[7], '[' .. item .. '\0', '(' .. item .. '\1', 'LIMIT', 0, 1)[1]
    if not first then return nil end
    id = string.sub(first, #item + 23)
    if redis.call('HEXISTS', KEYS[8], id) == 1 then return id end
    redis.call('ZREM', KEYS[7], first)
  end
  return id
end

-- What somebody waits for, decoded; nil when the id does not wait.
local function wantOf(id)
  local text = redis.call('HGET', KEYS[8], id)
  if not text then return nil end
  local want = cjson.decode(text)
  local parts = cjson.decode(want[1])
  return { text = want[1], items = parts[1], customer = parts[2], holdMs = want[2], untilMs = want[3], ticket = want[4], limit = want[5] }
end

local function leaveLine(id, want)
  for _, entry in ipairs(want.items) do redis.call('ZREM', KEYS[7], placeOf(entry[1], want.ticket, id)) end
  redis.call('HDEL', KEYS[8], id)
end

local function itemsOf(want)
  local items = {}
  for i, entry in ipairs(want.items) do items[i] = entry[1] end
  return items
end

-- Ends a wait without a hold.
local function endWait(id, want, how)
  leaveLine(id, want)
  redis.call('ZADD', KEYS[4], now, how .. id)
  record('left', id, want.items)
end

-- How many stand before it, at the item with the longest line.
local function aheadOf(id, want)
  local most = 0
  for _, entry in ipairs(want.items) do
    local place = placeOf(entry[1], want.ticket, id)
    most = math.max(most, redis.call('ZLEXCOUNT', KEYS[7], '[' .. entry[1] .. '\0', '(' .. place))
  end
  return whole(most)
end

-- What is to become of the first in the line of an item: 'end', 'hold', or nil: it waits on.
local function turnOf(id, want)
  if want.untilMs <= now then return 'end' end
  for _, entry in ipairs(want.items) do
    local left = leftOf(entry[1], want.customer, want.limit)
    if left and left < entry[2] then return 'end' end
  end
  for _, entry in ipairs(want.items) do
    local level = levelOf(entry[1])
    if headOf(entry[1]) ~= id or level.onHand - level.held < entry[2] then return nil end
  end
  return 'hold'
end

-- Hands what is free to those who wait, strictly in their order at each item. Looks at these items, at those that have more free
-- than before, and at those of whoever leaves a line; at so many in one act.
local granted, looksLeft = {}, 64
local function handOver(items)
  for _, item in ipairs(order) do
    local level = levels[item]
    if level.onHand - level.held > level.freeBefore then items[#items + 1] = item end
  end
  local at = 1
  while items[at] and looksLeft > 0 do
    local id = headOf(items[at])
    local want = id and wantOf(id)
    local turn = want and turnOf(id, want)
    if turn then
      if turn == 'hold' then
        leaveLine(id, want)
        hold(id, want.items, want.customer, want.holdMs)
        granted[#granted + 1] = id
      else
        endWait(id, want, 'x')
      end
      for _, item in ipairs(itemsOf(want)) do items[#items + 1] = item end
    end
    at, looksLeft = at + 1, looksLeft - 1
  end
end

-- Items that somebody waits for, so many at most. It begins anywhere in the line, so that none is left out for long.
local function linesOf(most)
  local items, seen, places = {}, {}, redis.call('ZCARD', KEYS[7])
  if places == 0 then return items end
  local from = now % places
  local place = redis.call('ZRANGE', KEYS[7], from, from)[1]
  local around = false
  while #items < most do
    if place then
      local item = string.match(place, '^[^%z]*')
      if seen[item] then break end
      seen[item] = true
      items[#items + 1] = item
      place = redis.call('ZRANGEBYLEX', KEYS[7], '(' .. item .. '\1', '+', 'LIMIT', 0, 1)[1]
    elseif around then
      break
    else
      around = true
      place = redis.call('ZRANGEBYLEX', KEYS[7], '-', '+', 'LIMIT', 0, 1)[1]
    end
  end
  return items
end

-- Takes back holds whose time is over, the longest over first, and forgets what was settled long ago. Returns how many.
local function takeBack()
  local ended = redis.call('ZRANGEBYSCORE', KEYS[3], '-inf', now, 'LIMIT', 0, ARGV[3])
  for _, id in ipairs(ended) do endHold(id, 'x', redis.call('HGET', KEYS[2], id)) end
  local old = redis.call('ZRANGEBYSCORE', KEYS[4], '-inf', now - ARGV[1], 'LIMIT', 0, ARGV[3])
  if #old > 0 then redis.call('ZREM', KEYS[4], unpack(old)) end
  return #ended
end

-- The instant at which a live hold ends, and its text; nil when there is none. One that is over is taken back first.
local function liveUntil(id)
  local due = redis.call('ZSCORE', KEYS[3], id)
  if not due then return nil end
  local text = redis.call('HGET', KEYS[2], id)
  if text and tonumber(due) > now then return tonumber(due), text end
  endHold(id, 'x', text)
  return nil
end

-- What an id waits for; nil when it does not, or no longer.
local function liveWait(id)
  local want = wantOf(id)
  if not want or want.untilMs > now then return want end
  endWait(id, want, 'x')
  handOver(itemsOf(want))
  return nil
end

-- How a reservation that is no longer held ended; nil when nothing is known of it.
local function endOf(id)
  for how, name in pairs(names) do
    if redis.call('ZSCORE', KEYS[4], how .. id) then return name end
  end
end

local function answer(outcome, first, second)
  handOver({})
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
  return { outcome, first or '', second or '', touched, granted }
end
