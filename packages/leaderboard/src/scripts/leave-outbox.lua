-- Gives the lease of an outbox up.
-- KEYS[1]  the lease
-- ARGV[1]  who had it
-- Returns  1 if it was the holder's, else 0
return endLease(KEYS[1], ARGV[1])
