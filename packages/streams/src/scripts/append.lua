-- Appends messages in order, each once per message id, and trims by count and age.
-- KEYS[1]  the log
-- KEYS[2…] the dedup markers of the messages that have an id
-- ARGV[1]  keep about this many entries ('': no bound)
-- ARGV[2]  keep about this many milliseconds of entries ('': no bound)
-- ARGV[3]  how long a marker lives, in ms
-- ARGV[4]  1: touch the markers of messages that are there, so that a WAIT that follows has something to wait for
-- ARGV[5…] per message: the number of its marker among the markers (0: none), how many fields and values, those
-- Returns  per message: { entry id, 1 when it was there already, else 0 }
local results = {}
local at = 5
while at <= #ARGV do
  local marker = tonumber(ARGV[at])
  local count = tonumber(ARGV[at + 1])
  local known = marker > 0 and redis.call('GET', KEYS[1 + marker])
  if known then
    results[#results + 1] = { known, 1 }
    if ARGV[4] == '1' then redis.call('PEXPIRE', KEYS[1 + marker], ARGV[3]) end
  else
    local id = addEntry(KEYS[1], ARGV[1], ARGV, at + 2, at + 1 + count)
    if marker > 0 then redis.call('SET', KEYS[1 + marker], id, 'PX', ARGV[3]) end
    results[#results + 1] = { id, 0 }
  end
  at = at + 2 + count
end
trimByAge(KEYS[1], ARGV[2])
return results
