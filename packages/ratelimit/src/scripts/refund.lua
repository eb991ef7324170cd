-- Gives units of a charge back, as far as they still count.
-- KEYS[1]  the state of the limit
-- ARGV[1]  the limit's words, as in check.lua
-- ARGV[2]  units
-- ARGV[3]  the receipt of the charge
-- Returns  the whole units that were given back
local word = string.gmatch(ARGV[1], '%S+')
local rule = rules[word()]
local meter = rule(KEYS[1], nowMicros(), tonumber(word()), tonumber(word()), tonumber(word()), tonumber(word()))
return meter.refund(ARGV[3], tonumber(ARGV[2]))
