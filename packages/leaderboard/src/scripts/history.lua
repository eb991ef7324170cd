-- Shared by the scripts of this package: a member's line of the past, `<bucket of time>:<rank>:<place>` joined by `;`, the
-- last one of each bucket, the oldest first.
-- KEYS     none of its own
-- ARGV     none of its own
-- Returns  nothing; it defines local functions
-- The line with a sample of now.
local function extended(round, member, instant, place)
  local samples = {}
  for sample in string.gmatch(redis.call('HGET', round.history, member) or '', '[^;]+') do
    samples[#samples + 1] = sample
  end
  local bucket = exact(math.floor(instant / round.every)) .. ':'
  local last = samples[#samples]
  if last and string.sub(last, 1, #bucket) == bucket then samples[#samples] = nil end
  samples[#samples + 1] = bucket .. (indexOf(round, member) + 1) .. ':' .. placeText(place)
  local from = math.max(1, #samples - round.samples + 1)
  return table.concat(samples, ';', from)
end
