-- Appends events of one aggregate, all or none, if it is at the version that is expected; and to the stream of its category.
-- KEYS[1]  the events of the aggregate
-- KEYS[2]  the log of the category
-- ARGV[1]  the version that is expected (-1: any)
-- ARGV[2]  keep about this many entries in the log of the category ('': no bound)
-- ARGV[3]  keep about this many milliseconds of entries in it ('': no bound)
-- ARGV[4…] per event: how many fields and values, those
-- Returns  { 1 appended | 0 another version, the version now }
local version = 0
local newest = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)[1]
if newest then version = tonumber(string.match(newest[1], '^%d+')) end
local expected = tonumber(ARGV[1])
if expected >= 0 and expected ~= version then return { 0, version } end
local at = 4
while at <= #ARGV do
  local count = tonumber(ARGV[at])
  version = version + 1
  local id = string.format('%d-0', version)
  local event, published = { 'XADD', KEYS[1], id }, {}
  for i = at + 1, at + count do
    event[#event + 1] = ARGV[i]
    published[#published + 1] = ARGV[i]
  end
  published[#published + 1] = 'v'
  published[#published + 1] = string.format('%d', version)
  redis.call(unpack(event))
  addEntry(KEYS[2], ARGV[2], published, 1, #published)
  at = at + 1 + count
end
trimByAge(KEYS[2], ARGV[3])
return { 1, version }
