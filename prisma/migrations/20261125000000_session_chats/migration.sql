-- What Telegram says of an account in a chat becomes a fact of (session, chat, topic), whoever's group it is. It used to hang
-- on a tenant's group row, and was forgotten when the group was removed or the account changed its tenant.

CREATE TYPE "Membership" AS ENUM ('member', 'left');
CREATE TYPE "SessionEventKind" AS ENUM ('added', 'checked', 'assigned', 'released', 'waited', 'refused', 'limited', 'woken', 'died');

ALTER TABLE "chats" ADD COLUMN "forum" BOOLEAN, ADD COLUMN "migrated_to" BIGINT;
ALTER TABLE "groups" ADD COLUMN "topic_id" INTEGER NOT NULL DEFAULT 0;
ALTER TABLE "sessions" ADD COLUMN "lookups_wait_until" TIMESTAMPTZ(3);

CREATE TABLE "chat_references" (
    "reference" TEXT NOT NULL,
    "chat_id" BIGINT NOT NULL,
    "resolved_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "chat_references_pkey" PRIMARY KEY ("reference")
);

CREATE TABLE "session_chats" (
    "session_id" UUID NOT NULL,
    "chat_id" BIGINT NOT NULL,
    "topic_id" INTEGER NOT NULL DEFAULT 0,
    "access_hash" BIGINT,
    "membership" "Membership",
    "wait_until" TIMESTAMPTZ(3),
    "refused_at" TIMESTAMPTZ(3),
    "refused_code" TEXT,
    "refused_reason" TEXT,
    "ask_again_at" TIMESTAMPTZ(3),
    "refused_post" TEXT,

    CONSTRAINT "session_chats_pkey" PRIMARY KEY ("session_id","chat_id","topic_id")
);

CREATE TABLE "session_references" (
    "session_id" UUID NOT NULL,
    "reference" TEXT NOT NULL,
    "refused_at" TIMESTAMPTZ(3) NOT NULL,
    "refused_code" TEXT NOT NULL,
    "refused_reason" TEXT NOT NULL,
    "ask_again_at" TIMESTAMPTZ(3),

    CONSTRAINT "session_references_pkey" PRIMARY KEY ("session_id","reference")
);

CREATE TABLE "session_events" (
    "id" BIGSERIAL NOT NULL,
    "session_id" UUID NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "kind" "SessionEventKind" NOT NULL,
    "code" TEXT,
    "chat_id" BIGINT,
    "until" TIMESTAMPTZ(3),
    "user_id" UUID,

    CONSTRAINT "session_events_pkey" PRIMARY KEY ("id")
);

CREATE INDEX "chat_references_chat_id_idx" ON "chat_references"("chat_id");
CREATE INDEX "session_chats_chat_id_idx" ON "session_chats"("chat_id");
CREATE INDEX "session_events_session_id_id_idx" ON "session_events"("session_id", "id");
CREATE INDEX "chats_migrated_to_idx" ON "chats"("migrated_to");

ALTER TABLE "chats" ADD CONSTRAINT "chats_migrated_to_fkey" FOREIGN KEY ("migrated_to") REFERENCES "chats"("id") ON DELETE SET NULL ON UPDATE CASCADE;
ALTER TABLE "chat_references" ADD CONSTRAINT "chat_references_chat_id_fkey" FOREIGN KEY ("chat_id") REFERENCES "chats"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "session_chats" ADD CONSTRAINT "session_chats_session_id_fkey" FOREIGN KEY ("session_id") REFERENCES "sessions"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "session_chats" ADD CONSTRAINT "session_chats_chat_id_fkey" FOREIGN KEY ("chat_id") REFERENCES "chats"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "session_references" ADD CONSTRAINT "session_references_session_id_fkey" FOREIGN KEY ("session_id") REFERENCES "sessions"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "session_events" ADD CONSTRAINT "session_events_session_id_fkey" FOREIGN KEY ("session_id") REFERENCES "sessions"("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "chats" ADD CONSTRAINT chats_migrated_elsewhere CHECK (migrated_to <> id);
ALTER TABLE "groups" ADD CONSTRAINT groups_topic CHECK (topic_id >= 0);
ALTER TABLE "session_chats"
  ADD CONSTRAINT session_chats_topic CHECK (topic_id >= 0),
  -- a chat has one access hash and one membership, whatever its topics
  ADD CONSTRAINT session_chats_of_the_chat CHECK (topic_id = 0 OR (access_hash IS NULL AND membership IS NULL)),
  ADD CONSTRAINT session_chats_refusal_whole CHECK (
    (refused_at IS NULL) = (refused_code IS NULL) AND (refused_at IS NULL) = (refused_reason IS NULL)
    AND (refused_at IS NOT NULL OR (ask_again_at IS NULL AND refused_post IS NULL)));
ALTER TABLE session_chats SET (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05);

-- What was known is carried over. A peer's chat is its marked id (https://core.telegram.org/api/bots/ids).
CREATE TEMPORARY TABLE known_peers ON COMMIT DROP AS
  SELECT p.session_id, regexp_replace(p.reference, '/\d+$', '') AS reference, p.access_hash,
    CASE p.type WHEN 'channel' THEN -1000000000000 - p.peer_id ELSE -p.peer_id END AS chat_id
  FROM session_peers p WHERE p.type IN ('channel', 'chat');
INSERT INTO chats (id, title) SELECT DISTINCT chat_id, '' FROM known_peers ON CONFLICT DO NOTHING;
INSERT INTO chat_references (reference, chat_id)
  SELECT DISTINCT ON (reference) reference, chat_id FROM known_peers ORDER BY reference, chat_id;
INSERT INTO session_chats (session_id, chat_id, access_hash)
  SELECT DISTINCT ON (session_id, chat_id) session_id, chat_id, access_hash FROM known_peers
  ORDER BY session_id, chat_id, access_hash NULLS LAST;

-- A number behind a reference was taken for a topic without asking whether the chat has topics: asked at the next look-up.
CREATE TEMPORARY TABLE known_pairs ON COMMIT DROP AS
  SELECT p.session_id, g.chat_id, regexp_replace(g.reference, '/\d+$', '') AS reference, p.retired, p.wait_until,
    coalesce(p.reason, 'posting is not possible there') AS reason, coalesce(p.code, '') AS code, p.at,
    -- only a cause that lasts is final: the others are asked again once a day
    CASE WHEN p.code ~ '^(CHAT_WRITE_FORBIDDEN|CHAT_RESTRICTED|CHAT_ADMIN_REQUIRED|CHAT_SEND_\w+_FORBIDDEN|CHAT_GUEST_SEND_FORBIDDEN|USER_BANNED_IN_CHANNEL|USER_NOT_PARTICIPANT|NOT_A_MEMBER|CHANNEL_PRIVATE|CHANNEL_INVALID|CHAT_ID_INVALID|PEER_ID_INVALID|TOPIC_CLOSED)'
      THEN p.at + interval '1 day' END AS ask_again_at
  FROM group_pairs p JOIN groups g ON g.id = p.group_id;
INSERT INTO session_chats AS f (session_id, chat_id, wait_until, refused_at, refused_code, refused_reason, ask_again_at)
  SELECT DISTINCT ON (session_id, chat_id) session_id, chat_id, wait_until,
    CASE WHEN retired THEN at END, CASE WHEN retired THEN code END, CASE WHEN retired THEN reason END,
    CASE WHEN retired THEN ask_again_at END
  FROM known_pairs WHERE chat_id IS NOT NULL ORDER BY session_id, chat_id, retired DESC, wait_until DESC NULLS LAST
  ON CONFLICT (session_id, chat_id, topic_id) DO UPDATE SET wait_until = excluded.wait_until,
    refused_at = excluded.refused_at, refused_code = excluded.refused_code, refused_reason = excluded.refused_reason,
    ask_again_at = excluded.ask_again_at;
-- a wait of another group row for the same chat is kept too
UPDATE session_chats f SET wait_until = greatest(f.wait_until, w.wait_until)
  FROM (SELECT session_id, chat_id, max(wait_until) AS wait_until FROM known_pairs WHERE chat_id IS NOT NULL GROUP BY 1, 2) w
  WHERE f.session_id = w.session_id AND f.chat_id = w.chat_id;
INSERT INTO session_references (session_id, reference, refused_at, refused_code, refused_reason, ask_again_at)
  SELECT DISTINCT ON (session_id, reference) session_id, reference, at, code, reason, ask_again_at
  FROM known_pairs WHERE chat_id IS NULL AND retired ORDER BY session_id, reference, at DESC;

DROP TABLE group_pairs;
DROP TABLE session_peers;

UPDATE groups SET chat_id = NULL WHERE reference ~ '/\d+$';
-- Of groups that lead to the same chat one posts, the first; the others say why not.
UPDATE groups g SET state = 'retired', code = 'SAME_CHAT_TWICE',
    reason = format('this is the same place as %s', first.reference)
  FROM groups first
  WHERE g.state = 'active' AND first.state = 'active' AND g.chat_id IS NOT NULL AND g.user_id = first.user_id
    AND g.chat_id = first.chat_id AND first.id = (
      SELECT x.id FROM groups x WHERE x.user_id = g.user_id AND x.chat_id = g.chat_id AND x.state = 'active'
      ORDER BY x.position, x.id LIMIT 1) AND g.id <> first.id;
CREATE UNIQUE INDEX "groups_one_a_place" ON "groups"("user_id", "chat_id", "topic_id") WHERE (state = 'active'::"GroupState" AND chat_id IS NOT NULL);
