-- Who does something, and what is kept of it: the audit, API keys and opt-outs as rows, and each person's time zone.

CREATE TYPE "ActorKind" AS ENUM ('user', 'admin', 'api_key', 'system');
CREATE TYPE "AuditTarget" AS ENUM ('user', 'api_key', 'bot', 'session', 'api_pair', 'chat');
CREATE TYPE "ApiKeyScope" AS ENUM ('full');

-- The audit is only ever added to, and outlives what it speaks of: no foreign keys.
CREATE TABLE "audit_log" (
    "id" BIGSERIAL NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "actor_kind" "ActorKind" NOT NULL,
    "actor_id" UUID,
    "actor_name" TEXT NOT NULL,
    "api_key_id" UUID,
    "action" TEXT NOT NULL,
    "target_kind" "AuditTarget" NOT NULL,
    "target_id" TEXT NOT NULL,
    "user_id" UUID,
    "before" JSONB,
    "after" JSONB,

    CONSTRAINT "audit_log_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "audit_log_system_is_nobody" CHECK ((actor_kind = 'system') = (actor_id IS NULL)),
    CONSTRAINT "audit_log_key_is_named" CHECK ((actor_kind = 'api_key') = (api_key_id IS NOT NULL))
);
CREATE INDEX "audit_log_user_id_id_idx" ON "audit_log"("user_id", "id");

-- API keys as rows. Those that are there stay valid, for all that they could do.
CREATE TABLE "api_keys" (
    "id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "prefix" TEXT NOT NULL,
    "hint" TEXT NOT NULL,
    "hash" TEXT NOT NULL,
    "scopes" "ApiKeyScope"[],
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3),
    "last_used_at" TIMESTAMPTZ(3),
    "revoked_at" TIMESTAMPTZ(3),

    CONSTRAINT "api_keys_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "api_keys_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE UNIQUE INDEX "api_keys_hash_key" ON "api_keys"("hash");
CREATE INDEX "api_keys_user_id_idx" ON "api_keys"("user_id");

INSERT INTO api_keys (id, user_id, name, prefix, hint, hash, scopes)
  SELECT gen_random_uuid(), id, 'API key', 'hk_', api_key_hint, api_key_hash, '{full}'
  FROM users WHERE api_key_hash IS NOT NULL;

ALTER TABLE users DROP COLUMN api_key_hash, DROP COLUMN api_key_hint;

-- Opt-outs as rows: at most one open a chat, which is also how a claim finds it.
CREATE TABLE "opt_outs" (
    "id" UUID NOT NULL,
    "chat_id" BIGINT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "by_kind" "ActorKind" NOT NULL,
    "by_id" UUID,
    "by_name" TEXT NOT NULL,
    "proof" TEXT,
    "revoked_at" TIMESTAMPTZ(3),
    "revoked_by_kind" "ActorKind",
    "revoked_by_id" UUID,
    "revoked_by_name" TEXT,

    CONSTRAINT "opt_outs_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "opt_outs_chat_id_fkey" FOREIGN KEY ("chat_id") REFERENCES "chats"("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "opt_outs_revoked_whole" CHECK (num_nulls(revoked_at, revoked_by_kind, revoked_by_name) IN (0, 3))
);
CREATE UNIQUE INDEX "opt_outs_one_open" ON "opt_outs"("chat_id") WHERE (revoked_at IS NULL);

INSERT INTO opt_outs (id, chat_id, by_kind, by_name)
  SELECT gen_random_uuid(), id, 'system', 'before opt-outs were kept as rows' FROM chats WHERE opted_out;

-- kept on the chat by a trigger (prisma/functions/opted_out.sql), where a claim reads it with the row that it locks anyway

ALTER TABLE users ADD COLUMN time_zone TEXT NOT NULL DEFAULT 'UTC',
  ADD CONSTRAINT users_time_zone CHECK (time_zone <> '');
