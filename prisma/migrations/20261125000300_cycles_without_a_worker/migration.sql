-- A cycle is run by an engine that says every second that it works; the queue only hands it over.
ALTER TABLE engines ADD COLUMN seen_at timestamptz(3) NOT NULL DEFAULT now();

-- Faults of Herald's own in this bot's cycles, one after the other: what the wait before the next try grows with.
ALTER TABLE bots
  ADD COLUMN faults int NOT NULL DEFAULT 0,
  ADD COLUMN retry_at timestamptz(3),
  ADD CONSTRAINT bots_faults CHECK (faults >= 0);
