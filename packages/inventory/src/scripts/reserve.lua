-- Holds several items for a while: all of them, or none. Whoever waits comes first. Under one id only once.
-- KEYS     see stock.lua
-- ARGV[4]  the reservation's id
-- ARGV[5]  how long it is held, ms
-- ARGV[6]  the customer; empty: none
-- ARGV[7]  what a customer may hold and buy of an item; 0: any number
-- ARGV[8]  how long to wait for what is not there, ms; 0: not at all
-- ARGV[9]  how many may wait, in all
-- then     per item: its name, how many
-- Returns  { 'held' | 'again', ms left } | { 'waiting', how many before } | { 'conflict' } | { 'over', how }
--          | { 'unknown' | 'short' | 'limit', item, how many }
if foreign then return foreign end
takeBack()
local id, customer, limit = ARGV[4], ARGV[6], tonumber(ARGV[7])

local items, asked = {}, {}
for i = 10, #ARGV, 2 do
  items[#items + 1] = { ARGV[i], tonumber(ARGV[i + 1]) }
  asked[#asked + 1] = ARGV[i]
end
local text = cjson.encode({ items, customer })
handOver(asked)

local untilMs, held = liveUntil(id)
if untilMs then
  if held ~= text then return answer('conflict') end
  return answer('again', whole(untilMs - now))
end
local want = liveWait(id)
if want then
  if want.text ~= text then return answer('conflict') end
  return answer('waiting', aheadOf(id, want))
end
local over = endOf(id)
if over then return answer('over', over) end

local short, left
for _, entry in ipairs(items) do
  local item, quantity = entry[1], entry[2]
  local level = levelOf(item)
  if not level.known then return answer('unknown', item) end
  local most = leftOf(item, customer, limit)
  if most and most < quantity then return answer('limit', item, whole(most)) end
  local free = headOf(item) and 0 or level.onHand - level.held
  if free < quantity and not short then short, left = item, free end
end

if not short then
  hold(id, items, customer, tonumber(ARGV[5]))
  return answer('held', ARGV[5])
end
-- The field that counts tickets is not one who waits.
local function waitingNow() return math.max(0, redis.call('HLEN', KEYS[8]) - 1) end
-- Before anybody is turned away: those at the heads of lines who lost patience make room.
if ARGV[8] ~= '0' and waitingNow() >= tonumber(ARGV[9]) then handOver(linesOf(64)) end
local waiting = waitingNow()
if ARGV[8] == '0' or waiting >= tonumber(ARGV[9]) then return answer('short', short, whole(left)) end
want = { items = items, ticket = redis.call('HINCRBY', KEYS[8], '', 1) }
for _, entry in ipairs(items) do redis.call('ZADD', KEYS[7], 0, placeOf(entry[1], want.ticket, id)) end
redis.call('HSET', KEYS[8], id, cjson.encode({ text, tonumber(ARGV[5]), now + ARGV[8], want.ticket, limit }))
record('waiting', id, items)
return answer('waiting', aheadOf(id, want))
