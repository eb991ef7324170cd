-- Before a value is written to where it lives: whoever loads meanwhile must not be stored. Of writers that overlap none may
-- store either, since nobody knows in which order their writes arrive.
-- KEYS[1]  the entry: what is there is about to be old
-- KEYS[2]  its lease
-- ARGV[1]  origin of the invalidation record
-- ARGV[2]  its position
-- ARGV[3]  token of this writer; those of writers begin with 'w.'
-- ARGV[4]  how long the lease lives, ms
-- Returns  1: claimed; 0: another one is writing
local lease = readLease(KEYS[2])
local waiting = ''
local token = ARGV[3]
if lease and lease.kind == 'L' then
  if lease.rest ~= '' then waiting = ' ' .. lease.rest end
  if lease.token ~= token and string.sub(lease.token, 1, 2) == 'w.' then token = 'w.several' end
end
redis.call('DEL', KEYS[1])
writeLease(KEYS[2], ARGV[1], ARGV[2], token, 0, waiting, ARGV[4])
return token == ARGV[3] and 1 or 0
