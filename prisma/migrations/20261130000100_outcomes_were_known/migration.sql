-- Reads once what stood there before the check on outcomes: no version wrote another word. In a migration of its own, for one is
-- one transaction, and would hold the lock of the check's making while all of it is read.
--
-- Locks: SHARE UPDATE EXCLUSIVE, beside which everybody reads and writes.
ALTER TABLE deliveries VALIDATE CONSTRAINT deliveries_outcome;
ALTER TABLE daily_counts VALIDATE CONSTRAINT daily_counts_outcome;
