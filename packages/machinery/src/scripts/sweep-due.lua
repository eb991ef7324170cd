-- One look at a due set, by whoever holds the lease: takes what is due.
-- KEYS[1]  the lease
-- KEYS[2]  the due set
-- ARGV[1]  who looks
-- ARGV[2]  how long the lease is, in ms
-- ARGV[3]  at most this many members
-- ARGV[4]  after how many ms they are due again if they are not settled
-- Returns  { ms for which somebody else has the lease (0: it is ours), ms until the next is due (-1: none is listed),
--            the time until which what was taken is hidden, members… }
local leftMs = holdLease(KEYS[1], ARGV[1], ARGV[2])
if leftMs > 0 then return { leftMs, -1, '0' } end
local now = nowMs()
local taken, hiddenUntil = takeDue(KEYS[2], now, ARGV[3], tonumber(ARGV[4]))
local reply = { 0, math.ceil(nextDueMs(KEYS[2], now)), hiddenUntil }
for _, member in ipairs(taken) do reply[#reply + 1] = member end
return reply
