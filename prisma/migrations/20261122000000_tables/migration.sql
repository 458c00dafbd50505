-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateEnum
CREATE TYPE "Role" AS ENUM ('admin', 'user');

-- CreateEnum
CREATE TYPE "PlanType" AS ENUM ('STARTER', 'ENTERPRISE');

-- CreateEnum
CREATE TYPE "ExecutionMode" AS ENUM ('starter', 'enterprise');

-- CreateEnum
CREATE TYPE "BotStatus" AS ENUM ('stopped', 'running');

-- CreateEnum
CREATE TYPE "SessionPlace" AS ENUM ('unused', 'assigned', 'banned');

-- CreateEnum
CREATE TYPE "GroupState" AS ENUM ('active', 'retired');

-- CreateEnum
CREATE TYPE "CycleState" AS ENUM ('running', 'open', 'finished', 'closed');

-- CreateEnum
CREATE TYPE "DeliveryState" AS ENUM ('planned', 'sending', 'sent', 'failed', 'skipped');

-- CreateEnum
CREATE TYPE "LogLevel" AS ENUM ('info', 'warning', 'error');

-- CreateEnum
CREATE TYPE "PostType" AS ENUM ('link', 'text');

-- CreateTable
CREATE TABLE "users" (
    "id" UUID NOT NULL,
    "email" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "password_hash" TEXT NOT NULL,
    "role" "Role" NOT NULL DEFAULT 'user',
    "disabled" BOOLEAN NOT NULL DEFAULT false,
    "plan_type" "PlanType",
    "max_sessions" INTEGER,
    "max_groups" INTEGER,
    "plan_expires_at" TIMESTAMPTZ(3),
    "api_key_hash" TEXT,
    "api_key_hint" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "users_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "bots" (
    "user_id" UUID NOT NULL,
    "status" "BotStatus" NOT NULL DEFAULT 'stopped',
    "stop_reason" TEXT DEFAULT 'never_started',
    "stop_message" TEXT,
    "started_at" TIMESTAMPTZ(3),
    "stopped_at" TIMESTAMPTZ(3),
    "next_cycle_at" TIMESTAMPTZ(3),
    "post_type" "PostType",
    "post_content" TEXT,
    "execution_mode" "ExecutionMode" NOT NULL DEFAULT 'enterprise',
    "total_cycle_minutes" INTEGER NOT NULL DEFAULT 60,
    "delay_between_posts" INTEGER NOT NULL DEFAULT 5,
    "delay_between_cycles" INTEGER NOT NULL DEFAULT 300,
    "session_count" INTEGER,
    "breaker_tripped_at" TIMESTAMPTZ(3),
    "breaker_cleared_at" TIMESTAMPTZ(3),

    CONSTRAINT "bots_pkey" PRIMARY KEY ("user_id")
);

-- CreateTable
CREATE TABLE "stats" (
    "user_id" UUID NOT NULL,
    "total_posts" INTEGER NOT NULL DEFAULT 0,
    "total_success" INTEGER NOT NULL DEFAULT 0,
    "total_failures" INTEGER NOT NULL DEFAULT 0,
    "total_flood_waits" INTEGER NOT NULL DEFAULT 0,
    "total_messages_sent" INTEGER NOT NULL DEFAULT 0,
    "last_activity" TIMESTAMPTZ(3),

    CONSTRAINT "stats_pkey" PRIMARY KEY ("user_id")
);

-- CreateTable
CREATE TABLE "groups" (
    "id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "reference" TEXT NOT NULL,
    "position" INTEGER NOT NULL,
    "title" TEXT,
    "chat_id" BIGINT,
    "state" "GroupState" NOT NULL DEFAULT 'active',
    "reason" TEXT,
    "code" TEXT,
    "sent" INTEGER NOT NULL DEFAULT 0,
    "failed" INTEGER NOT NULL DEFAULT 0,
    "last_sent_at" TIMESTAMPTZ(3),

    CONSTRAINT "groups_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "chats" (
    "id" BIGINT NOT NULL,
    "title" TEXT NOT NULL,
    "cooldown" INTEGER,
    "opted_out" BOOLEAN NOT NULL DEFAULT false,
    "reserved_until" TIMESTAMPTZ(3),
    "reserved_by" BIGINT,

    CONSTRAINT "chats_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "api_pairs" (
    "id" UUID NOT NULL,
    "api_id" INTEGER NOT NULL,
    "api_hash" BYTEA NOT NULL,
    "label" TEXT,
    "capacity" INTEGER NOT NULL DEFAULT 7,
    "added_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "api_pairs_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "sessions" (
    "id" UUID NOT NULL,
    "label" TEXT NOT NULL,
    "file_name" TEXT NOT NULL,
    "username" TEXT,
    "phone_masked" TEXT,
    "telegram_user_id" BIGINT,
    "fingerprint" TEXT NOT NULL,
    "place" "SessionPlace" NOT NULL DEFAULT 'unused',
    "user_id" UUID,
    "api_pair_id" UUID,
    "resting_until" TIMESTAMPTZ(3),
    "needs_admin" BOOLEAN NOT NULL DEFAULT false,
    "reason" TEXT,
    "code" TEXT,
    "death_cause" TEXT,
    "died_for_user_id" UUID,
    "added_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "banned_at" TIMESTAMPTZ(3),
    "last_used_at" TIMESTAMPTZ(3),
    "sent" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "sessions_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "session_leases" (
    "session_id" UUID NOT NULL,
    "engine_id" TEXT,
    "fence" BIGINT NOT NULL DEFAULT 0,
    "expires_at" TIMESTAMPTZ(3),

    CONSTRAINT "session_leases_pkey" PRIMARY KEY ("session_id")
);

-- CreateTable
CREATE TABLE "session_peers" (
    "session_id" UUID NOT NULL,
    "reference" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "peer_id" BIGINT NOT NULL,
    "access_hash" BIGINT,

    CONSTRAINT "session_peers_pkey" PRIMARY KEY ("session_id","reference")
);

-- CreateTable
CREATE TABLE "group_pairs" (
    "session_id" UUID NOT NULL,
    "group_id" UUID NOT NULL,
    "retired" BOOLEAN NOT NULL DEFAULT false,
    "wait_until" TIMESTAMPTZ(3),
    "reason" TEXT,
    "code" TEXT,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "group_pairs_pkey" PRIMARY KEY ("session_id","group_id")
);

-- CreateTable
CREATE TABLE "cycles" (
    "id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "number" INTEGER NOT NULL,
    "state" "CycleState" NOT NULL DEFAULT 'running',
    "epoch" INTEGER NOT NULL DEFAULT 0,
    "engine_id" TEXT,
    "execution_mode" "ExecutionMode" NOT NULL,
    "post_type" "PostType" NOT NULL,
    "post_content" TEXT NOT NULL,
    "delay_between_posts" INTEGER NOT NULL,
    "total_cycle_minutes" INTEGER,
    "started_at" TIMESTAMPTZ(3) NOT NULL,
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "cycles_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "deliveries" (
    "id" BIGSERIAL NOT NULL,
    "cycle_id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "session_id" UUID NOT NULL,
    "group_id" UUID NOT NULL,
    "chat_id" BIGINT,
    "random_id" BIGINT NOT NULL,
    "planned_at" TIMESTAMPTZ(3) NOT NULL,
    "state" "DeliveryState" NOT NULL DEFAULT 'planned',
    "outcome" TEXT,
    "code" TEXT,
    "message_id" INTEGER,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "tried_at" TIMESTAMPTZ(3),
    "wait_until" TIMESTAMPTZ(3),
    "settled_at" TIMESTAMPTZ(3),
    "settlement_id" UUID,

    CONSTRAINT "deliveries_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "bot_log" (
    "id" BIGSERIAL NOT NULL,
    "user_id" UUID NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "level" "LogLevel" NOT NULL,
    "text" TEXT NOT NULL,
    "code" TEXT,
    "session_id" UUID,
    "group_id" UUID,

    CONSTRAINT "bot_log_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "events" (
    "id" BIGSERIAL NOT NULL,
    "user_id" UUID,
    "type" TEXT NOT NULL,
    "delivery_ids" BIGINT[],
    "log_ids" BIGINT[],
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "events_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "engines" (
    "id" TEXT NOT NULL,
    "started_at" TIMESTAMPTZ(3) NOT NULL,
    "lock_key" BIGSERIAL NOT NULL,

    CONSTRAINT "engines_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "users_email_key" ON "users"("email");

-- CreateIndex
CREATE UNIQUE INDEX "users_api_key_hash_key" ON "users"("api_key_hash");

-- CreateIndex
CREATE INDEX "bots_status_idx" ON "bots"("status");

-- CreateIndex
CREATE INDEX "groups_chat_id_idx" ON "groups"("chat_id");

-- CreateIndex
CREATE UNIQUE INDEX "groups_user_id_reference_key" ON "groups"("user_id", "reference");

-- CreateIndex
CREATE UNIQUE INDEX "api_pairs_api_id_key" ON "api_pairs"("api_id");

-- CreateIndex
CREATE UNIQUE INDEX "sessions_telegram_user_id_key" ON "sessions"("telegram_user_id");

-- CreateIndex
CREATE UNIQUE INDEX "sessions_fingerprint_key" ON "sessions"("fingerprint");

-- CreateIndex
CREATE INDEX "sessions_place_resting_until_idx" ON "sessions"("place", "resting_until");

-- CreateIndex
CREATE INDEX "sessions_user_id_idx" ON "sessions"("user_id");

-- CreateIndex
CREATE INDEX "sessions_api_pair_id_idx" ON "sessions"("api_pair_id");

-- CreateIndex
CREATE INDEX "sessions_died_for_user_id_banned_at_idx" ON "sessions"("died_for_user_id", "banned_at");

-- CreateIndex
CREATE INDEX "group_pairs_group_id_idx" ON "group_pairs"("group_id");

-- CreateIndex
CREATE UNIQUE INDEX "cycles_user_id_number_key" ON "cycles"("user_id", "number");

-- CreateIndex
CREATE UNIQUE INDEX "cycles_one_unfinished" ON "cycles"("user_id") WHERE (state = ANY (ARRAY['running'::"CycleState", 'open'::"CycleState"]));

-- CreateIndex
CREATE INDEX "deliveries_cycle_id_planned_at_idx" ON "deliveries"("cycle_id", "planned_at");

-- CreateIndex
CREATE INDEX "deliveries_user_id_settled_at_idx" ON "deliveries"("user_id", "settled_at");

-- CreateIndex
CREATE UNIQUE INDEX "deliveries_session_id_random_id_key" ON "deliveries"("session_id", "random_id");

-- CreateIndex
CREATE INDEX "bot_log_user_id_id_idx" ON "bot_log"("user_id", "id");

-- CreateIndex
CREATE INDEX "bot_log_at_idx" ON "bot_log"("at");

-- CreateIndex
CREATE INDEX "events_user_id_id_idx" ON "events"("user_id", "id");

-- CreateIndex
CREATE INDEX "events_at_idx" ON "events"("at");

-- CreateIndex
CREATE UNIQUE INDEX "engines_lock_key_key" ON "engines"("lock_key");

-- AddForeignKey
ALTER TABLE "bots" ADD CONSTRAINT "bots_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "stats" ADD CONSTRAINT "stats_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "groups" ADD CONSTRAINT "groups_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "groups" ADD CONSTRAINT "groups_chat_id_fkey" FOREIGN KEY ("chat_id") REFERENCES "chats"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_api_pair_id_fkey" FOREIGN KEY ("api_pair_id") REFERENCES "api_pairs"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "session_leases" ADD CONSTRAINT "session_leases_session_id_fkey" FOREIGN KEY ("session_id") REFERENCES "sessions"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "session_peers" ADD CONSTRAINT "session_peers_session_id_fkey" FOREIGN KEY ("session_id") REFERENCES "sessions"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "group_pairs" ADD CONSTRAINT "group_pairs_session_id_fkey" FOREIGN KEY ("session_id") REFERENCES "sessions"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "group_pairs" ADD CONSTRAINT "group_pairs_group_id_fkey" FOREIGN KEY ("group_id") REFERENCES "groups"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "cycles" ADD CONSTRAINT "cycles_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "deliveries" ADD CONSTRAINT "deliveries_cycle_id_fkey" FOREIGN KEY ("cycle_id") REFERENCES "cycles"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "bot_log" ADD CONSTRAINT "bot_log_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

