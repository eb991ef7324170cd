-- Corrects what is counted by differences that were found at one instant. They hold at any later one, since every act since then
-- has changed what is counted and what is expected alike; but only once, so the corrections are numbered.
-- KEYS     see stock.lua
-- ARGV[4]  the number of corrections that there were when the differences were found
-- then     per difference: field of the counts, by how much
-- Returns  { 'done' } | { 'changed' }: somebody else has corrected meanwhile, nothing was done
if foreign then return foreign end
if (redis.call('HGET', KEYS[1], 'n') or '0') ~= ARGV[4] then return answer('changed') end
redis.call('HINCRBY', KEYS[1], 'n', 1)
for i = 5, #ARGV, 2 do redis.call('HINCRBY', KEYS[1], ARGV[i], ARGV[i + 1]) end
return answer('done')
