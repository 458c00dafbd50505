-- A bot has an id of its own, and what is a fact about a bot hangs on it. `user_id` stays for tenancy.
ALTER TABLE bots ADD COLUMN id UUID NOT NULL DEFAULT gen_random_uuid();
ALTER TABLE bots DROP CONSTRAINT bots_pkey, ADD CONSTRAINT bots_pkey PRIMARY KEY (id);
CREATE UNIQUE INDEX "bots_user_id_key" ON "bots"("user_id");

ALTER TABLE stats ADD COLUMN bot_id UUID;
UPDATE stats t SET bot_id = b.id FROM bots b WHERE b.user_id = t.user_id;
ALTER TABLE stats ALTER COLUMN bot_id SET NOT NULL, DROP CONSTRAINT stats_pkey, ADD CONSTRAINT stats_pkey PRIMARY KEY (bot_id),
  ADD CONSTRAINT stats_bot_id_fkey FOREIGN KEY (bot_id) REFERENCES bots (id) ON DELETE CASCADE ON UPDATE CASCADE;
CREATE UNIQUE INDEX "stats_user_id_key" ON "stats"("user_id");

ALTER TABLE groups ADD COLUMN bot_id UUID;
UPDATE groups t SET bot_id = b.id FROM bots b WHERE b.user_id = t.user_id;
ALTER TABLE groups ALTER COLUMN bot_id SET NOT NULL,
  ADD CONSTRAINT groups_bot_id_fkey FOREIGN KEY (bot_id) REFERENCES bots (id) ON DELETE CASCADE ON UPDATE CASCADE;
DROP INDEX "groups_user_id_reference_key";
CREATE UNIQUE INDEX "groups_bot_id_reference_key" ON "groups"("bot_id", "reference");
CREATE INDEX "groups_user_id_idx" ON "groups"("user_id");
DROP INDEX "groups_one_a_place";
CREATE UNIQUE INDEX "groups_one_a_place" ON "groups"("bot_id", "chat_id", "topic_id") WHERE (state = 'active'::"GroupState" AND chat_id IS NOT NULL);

ALTER TABLE bot_log ADD COLUMN bot_id UUID;
UPDATE bot_log t SET bot_id = b.id FROM bots b WHERE b.user_id = t.user_id;
ALTER TABLE bot_log ALTER COLUMN bot_id SET NOT NULL,
  ADD CONSTRAINT bot_log_bot_id_fkey FOREIGN KEY (bot_id) REFERENCES bots (id) ON DELETE CASCADE ON UPDATE CASCADE;
CREATE INDEX "bot_log_bot_id_idx" ON "bot_log"("bot_id");

-- like its user, session and group without a foreign key: a delivery goes with its cycle
ALTER TABLE deliveries ADD COLUMN bot_id UUID;
UPDATE deliveries t SET bot_id = b.id FROM bots b WHERE b.user_id = t.user_id;
ALTER TABLE deliveries ALTER COLUMN bot_id SET NOT NULL;

-- What a bot says. The one post of today is the first of a book.
CREATE TABLE "posts" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "bot_id" UUID NOT NULL,
    "position" INTEGER NOT NULL,
    "kind" "PostType" NOT NULL,
    "content" TEXT NOT NULL,
    "entities" JSONB NOT NULL DEFAULT '[]',
    "options" JSONB NOT NULL DEFAULT '{}',

    CONSTRAINT "posts_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "posts_position" CHECK ("position" >= 0),
    CONSTRAINT "posts_entities" CHECK (jsonb_typeof("entities") = 'array'),
    CONSTRAINT "posts_options" CHECK (jsonb_typeof("options") = 'object')
);
CREATE UNIQUE INDEX "posts_bot_id_position_key" ON "posts"("bot_id", "position");
ALTER TABLE "posts" ADD CONSTRAINT "posts_bot_id_fkey" FOREIGN KEY ("bot_id") REFERENCES "bots"("id") ON DELETE CASCADE ON UPDATE CASCADE;
INSERT INTO posts (bot_id, position, kind, content) SELECT id, 0, post_type, post_content FROM bots WHERE post_type IS NOT NULL;

ALTER TABLE cycles ADD COLUMN bot_id UUID, ADD COLUMN post_id UUID;
UPDATE cycles t SET bot_id = b.id FROM bots b WHERE b.user_id = t.user_id;
UPDATE cycles t SET post_id = p.id FROM posts p WHERE p.bot_id = t.bot_id AND (p.kind, p.content) = (t.post_type, t.post_content);
ALTER TABLE cycles ALTER COLUMN bot_id SET NOT NULL,
  ADD CONSTRAINT cycles_bot_id_fkey FOREIGN KEY (bot_id) REFERENCES bots (id) ON DELETE CASCADE ON UPDATE CASCADE,
  ADD CONSTRAINT cycles_post_id_fkey FOREIGN KEY (post_id) REFERENCES posts (id) ON DELETE SET NULL ON UPDATE CASCADE;
DROP INDEX "cycles_user_id_number_key", "cycles_one_unfinished";
CREATE UNIQUE INDEX "cycles_bot_id_number_key" ON "cycles"("bot_id", "number");
CREATE UNIQUE INDEX "cycles_one_unfinished" ON "cycles"("bot_id") WHERE (state = ANY (ARRAY['running'::"CycleState", 'open'::"CycleState"]));
CREATE INDEX "cycles_user_id_number_idx" ON "cycles"("user_id", "number");
CREATE INDEX "cycles_post_id_idx" ON "cycles"("post_id");

-- with their checks `bots_post_whole` and `bots_running_has_post`
ALTER TABLE bots DROP COLUMN post_type, DROP COLUMN post_content;

-- The mode is null where the plan decides. Nobody has chosen what a bot that never started has by default, nor what its
-- plan would say anyway: the pages sent a mode with every start. What differs from the plan is how that bot posts: it stays.
ALTER TABLE bots ALTER COLUMN execution_mode DROP NOT NULL, ALTER COLUMN execution_mode DROP DEFAULT;
UPDATE bots b SET execution_mode = NULL FROM users u
WHERE u.id = b.user_id
  AND (b.execution_mode::text = lower(coalesce(u.plan_type::text, 'ENTERPRISE'))
    OR b.started_at IS NULL AND b.execution_mode = 'enterprise');

-- Vocabularies that stood as text.
CREATE TYPE "StopReason" AS ENUM ('never_started', 'user', 'admin', 'engine_restart', 'breaker', 'config', 'content', 'plan_expired', 'no_sessions');
ALTER TABLE bots ALTER COLUMN stop_reason DROP DEFAULT;
ALTER TABLE bots ALTER COLUMN stop_reason TYPE "StopReason" USING stop_reason::"StopReason";
ALTER TABLE bots ALTER COLUMN stop_reason SET DEFAULT 'never_started';

CREATE TYPE "DeathCause" AS ENUM ('spam', 'lost');
ALTER TABLE sessions DROP CONSTRAINT sessions_death_cause;
ALTER TABLE sessions ALTER COLUMN death_cause TYPE "DeathCause" USING death_cause::"DeathCause";

CREATE TYPE "EventType" AS ENUM ('bot', 'progress', 'groups', 'pool');
ALTER TABLE events DROP CONSTRAINT events_type, DROP CONSTRAINT events_pool_is_for_admins;
ALTER TABLE events ALTER COLUMN type TYPE "EventType" USING type::"EventType";
ALTER TABLE events ADD CONSTRAINT events_pool_is_for_admins CHECK ((type = 'pool') = (user_id IS NULL));
