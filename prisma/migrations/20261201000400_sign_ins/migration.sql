-- A row for each sign-in of a person on the pages, so that it can be seen and ended. The cookies of before name none: everybody
-- signs in once more.
CREATE TABLE "sign_ins" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "user_id" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_seen_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "ended_at" TIMESTAMPTZ(3),
    "user_agent" TEXT,
    "address" TEXT,

    CONSTRAINT "sign_ins_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "sign_ins_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE,
    -- what browsers say of themselves is cut off where it is written; this keeps anything else from growing
    CONSTRAINT "sign_ins_user_agent_is_short" CHECK (length(user_agent) <= 400),
    CONSTRAINT "sign_ins_address_is_short" CHECK (length(address) <= 64)
);
CREATE INDEX "sign_ins_user_id_idx" ON "sign_ins"("user_id");
