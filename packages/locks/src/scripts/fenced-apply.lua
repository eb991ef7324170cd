-- Runs one command only if the caller's fence is not older than the newest fence seen for its key.
-- KEYS[1]  the key the command writes
-- KEYS[2]  the newest fence seen for it
-- ARGV[1]  the caller's fence, decimal digits
-- ARGV[2]  how long to remember it, in ms
-- ARGV[3…] the command
-- Returns  { 1, reply of the command } or { 0, newest fence }
local fence = ARGV[1]
local newest = redis.call('GET', KEYS[2])
-- Compared as digits: exact beyond 2^53.
if newest and (#fence < #newest or (#fence == #newest and fence < newest)) then return { 0, newest } end
local reply = redis.call(unpack(ARGV, 3))
redis.call('SET', KEYS[2], fence, 'PX', ARGV[2])
return { 1, reply }
