-- Which keys each engine opens, by their ids, so that nothing is sealed with a key that one of them does not know: keys:rotate looks
-- here first. An engine of a former version says nothing, and counts as one that does not know it.
ALTER TABLE engines ADD COLUMN key_ids text[] NOT NULL DEFAULT '{}';
