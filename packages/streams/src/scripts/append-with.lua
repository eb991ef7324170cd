-- Changes state and appends the message that tells of it; of a message that was appended before neither.
-- KEYS[1]  the log
-- KEYS[2]  the dedup marker of the message, when it has an id
-- KEYS[…]  the keys the effects touch
-- ARGV[1]  keep about this many entries ('': no bound)
-- ARGV[2]  keep about this many milliseconds of entries ('': no bound)
-- ARGV[3]  how long the marker lives, in ms ('': the message has no id)
-- ARGV[4]  how many fields and values
-- ARGV[5…] those; then per effect: how many words, those
-- Returns  { entry id, 1 when it was there already, else 0 }
if ARGV[3] ~= '' then
  local known = redis.call('GET', KEYS[2])
  if known then return { known, 1 } end
end
runEffects(5 + tonumber(ARGV[4]))
local id = addEntry(KEYS[1], ARGV[1], ARGV, 5, 4 + tonumber(ARGV[4]))
if ARGV[3] ~= '' then redis.call('SET', KEYS[2], id, 'PX', ARGV[3]) end
trimByAge(KEYS[1], ARGV[2])
return { id, 0 }
