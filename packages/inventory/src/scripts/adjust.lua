-- Changes what is on hand of an item, never below what is held. Under one id only once.
-- KEYS     see stock.lua
-- ARGV[4]  the change's id; empty: none
-- ARGV[5]  set: ARGV[7] is on hand from now on; add: ARGV[7] comes, or goes when negative
-- ARGV[6]  the item
-- ARGV[7]  the number
-- ARGV[8]  at most so many may be on hand
-- Returns  { 'done' | 'again', on hand, held } | { 'unknown' } | { 'short' | 'full', on hand, held }
if foreign then return foreign end
takeBack()
local item, number = ARGV[6], tonumber(ARGV[7])
local level = levelOf(item)
local function result(outcome) return answer(outcome, whole(level.onHand), whole(level.held)) end

if ARGV[4] ~= '' and redis.call('ZSCORE', KEYS[4], 'a' .. ARGV[4]) then return result('again') end
if ARGV[5] == 'add' and not level.known then return answer('unknown') end
local by = number
if ARGV[5] == 'set' then by = number - level.onHand end
if level.onHand + by < level.held then return result('short') end
if level.onHand + by > tonumber(ARGV[8]) then return result('full') end
change(item, by, 0, 0)
if ARGV[4] ~= '' then redis.call('ZADD', KEYS[4], now, 'a' .. ARGV[4]) end
record('adjusted', ARGV[4], { { item, by } })
return result('done')
