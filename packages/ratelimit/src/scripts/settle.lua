-- Settles a reservation: gives back what was not needed, or owes what was needed beyond it.
-- KEYS[1]  the state of the limit
-- KEYS[2]  its reservations
-- ARGV[1]  the limit's words, as in check.lua
-- ARGV[2]  the reservation, as it stands in the set
-- ARGV[3]  the true cost in units
-- ARGV[4]  the most that can be owed at once: the policy's capacity
-- Returns  { 1 settled or 0 there is no such reservation any more, remaining, reset ms }
local now = nowMicros()
expireReservations(KEYS[2], KEYS[1], now, ARGV[1])
local word = string.gmatch(ARGV[1], '%S+')
local rule = rules[word()]
local meter = rule(KEYS[1], now, tonumber(word()), tonumber(word()), tonumber(word()), tonumber(word()))
local settled = redis.call('ZREM', KEYS[2], ARGV[2])
if settled == 1 then
  local units, receipt = string.match(ARGV[2], '^[^/]+/(%d+)/(.*)$')
  local more = tonumber(ARGV[3]) - tonumber(units)
  if more < 0 then meter.refund(receipt, -more) end
  if more > 0 then meter.charge(math.min(more, tonumber(ARGV[4])), 0, '') end
end
return { settled, meter.remaining(), math.ceil(meter.reset() / 1000) }
