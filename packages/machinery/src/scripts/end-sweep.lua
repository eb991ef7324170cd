-- Gives up the lease of a sweep, so that another process takes over at once.
-- KEYS[1]  the lease
-- ARGV[1]  who gives it up
-- Returns  1 if it was theirs
return endLease(KEYS[1], ARGV[1])
