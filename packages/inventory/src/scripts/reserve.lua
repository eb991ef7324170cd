-- Holds several items for a while: all of them, or none. Under one id only once.
-- KEYS     see stock.lua
-- ARGV[4]  the reservation's id
-- ARGV[5]  how long it is held, ms
-- ARGV[6]  the customer; empty: none
-- ARGV[7]  what a customer may hold and buy of an item; 0: any number
-- then     per item: its name, how many
-- Returns  { 'held' | 'again', ms left } | { 'conflict' } | { 'over', how } | { 'unknown' | 'short' | 'limit', item, how many }
if foreign then return foreign end
takeBack()
local id, customer, limit = ARGV[4], ARGV[6], tonumber(ARGV[7])

local items = {}
for i = 8, #ARGV, 2 do items[#items + 1] = { ARGV[i], tonumber(ARGV[i + 1]) } end
local text = cjson.encode({ items, customer })

local untilMs = liveUntil(id)
if untilMs then
  if redis.call('HGET', KEYS[2], id) ~= text then return answer('conflict') end
  return answer('again', whole(untilMs - now))
end
local over = endOf(id)
if over then return answer('over', over) end

for _, entry in ipairs(items) do
  local item, quantity = entry[1], entry[2]
  local level = levelOf(item)
  if not level.known then return answer('unknown', item) end
  local free = level.onHand - level.held
  if free < quantity then return answer('short', item, whole(free)) end
  if limit > 0 and customer ~= '' then
    local taken = tonumber(redis.call('HGET', KEYS[5], customerField(item, customer)) or '0')
    if taken + quantity > limit then return answer('limit', item, whole(limit - taken)) end
  end
end

for _, entry in ipairs(items) do
  change(entry[1], 0, entry[2], 0)
  if customer ~= '' then redis.call('HINCRBY', KEYS[5], customerField(entry[1], customer), whole(entry[2])) end
end
redis.call('HSET', KEYS[2], id, text)
redis.call('ZADD', KEYS[3], now + ARGV[5], id)
record('reserved', id, items)
return answer('held', ARGV[5])
