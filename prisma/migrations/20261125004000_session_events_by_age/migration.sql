-- They are pruned by age.
CREATE INDEX "session_events_at_idx" ON "session_events"("at");
