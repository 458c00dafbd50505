-- CreateTable
CREATE TABLE "session_files" (
    "session_id" UUID NOT NULL,
    "sealed" BYTEA NOT NULL,

    CONSTRAINT "session_files_pkey" PRIMARY KEY ("session_id")
);
