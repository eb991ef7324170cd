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
  local bucket = math.floor(instant / round.every)
  local last = samples[#samples] and tonumber(string.match(samples[#samples], '^%d+'))
  -- What comes late counts in the last stretch: nobody knows any more where it stood in an earlier one.
  if last and bucket <= last then
    bucket = last
    samples[#samples] = nil
  end
  samples[#samples + 1] = exact(bucket) .. ':' .. (indexOf(round, member) + 1) .. ':' .. placeText(place)
  local from = math.max(1, #samples - round.samples + 1)
  return table.concat(samples, ';', from)
end
