import { createCipheriv, randomBytes, randomUUID } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { createFormerDatabase, type FormerDatabase } from "@herald/scripts/former-database";
import type { Account, Chat } from "@herald/telegram-emulator";
import { PgBoss } from "pg-boss";

/** The last migration of the version before facts hung on sessions and chats. */
const LAST_MIGRATION = "20261122000500_session_files";
const API_ID = 4242;
const ENGINE = "former-engine";
/** The leases of an engine that was killed run out so long after it, in seconds. */
const LEASE_LEFT_SECONDS = 1;
/** The cycles that ended before, and the deliveries of each. */
const HISTORY = { cycles: 20, deliveries: 500 };

/** What the killed engine knew of one delivery of its last cycle. */
export interface FormerDelivery {
  chat: Chat;
  account: Account;
  state: "planned" | "sending" | "sent";
  randomId: bigint;
  /** Telegram told the account to wait in this chat until then */
  waitUntil?: Date;
  /** the account had been refused in this chat a moment before */
  refused?: boolean;
  optedOut?: boolean;
}

export interface FormerHerald {
  database: FormerDatabase;
  userId: string;
}

/**
 * A database and session files as the version before left them when its only engine was killed in mid-cycle: one user with a
 * running bot, its accounts, groups and history, and the cycle that was under way.
 * @param options.key the SESSION_KEY, 32 bytes
 * @param options.folder the SESSIONS_DIR
 */
export async function leaveFormerHerald(options: {
  key: Buffer;
  folder: string;
  source: Chat;
  accounts: readonly Account[];
  deliveries: readonly FormerDelivery[];
}): Promise<FormerHerald> {
  const { key, folder, source, accounts, deliveries } = options;
  const database = await createFormerDatabase(LAST_MIGRATION);
  const { query } = database;
  const userId = randomUUID();
  await query(
    `INSERT INTO users (id, email, name, password_hash, plan_type, max_sessions, max_groups)
     VALUES ($1, 'former@example.org', 'Former', 'x', 'ENTERPRISE', $2, $3)`,
    [userId, accounts.length, deliveries.length],
  );
  await query(
    `UPDATE bots SET status = 'running', stop_reason = NULL, started_at = now() - interval '1 day', post_type = 'link',
       post_content = $2, delay_between_posts = 0, delay_between_cycles = 3600 WHERE user_id = $1`,
    [userId, `https://t.me/${source.username}/1`],
  );
  await query("INSERT INTO engines (id, started_at) VALUES ($1, now() - interval '1 day')", [ENGINE]);
  const pairId = randomUUID();
  await query("INSERT INTO api_pairs (id, api_id, api_hash) VALUES ($1, $2, $3)", [
    pairId,
    API_ID,
    sealAsBefore(key, "", `api_id ${API_ID}`, "0123456789abcdef0123456789abcdef"),
  ]);
  const sessions = new Map<Account, string>();
  for (const account of accounts) {
    const id = randomUUID();
    sessions.set(account, id);
    await query(
      `INSERT INTO sessions (id, label, file_name, username, telegram_user_id, fingerprint, place, user_id, api_pair_id)
       VALUES ($1, $2, $2, $2, $3, $4, 'assigned', $5, $6)`,
      [id, `@${account.username}`, account.id, randomUUID(), userId, pairId],
    );
    await query(
      `INSERT INTO session_leases (session_id, engine_id, fence, expires_at)
       VALUES ($1, $2, 7, now() + make_interval(secs => $3))`,
      [id, ENGINE, LEASE_LEFT_SECONDS],
    );
    const secret = { dcId: 2, host: null, port: null, authKey: account.authKey().toString("base64") };
    const file = join(folder, "assigned", userId, `${id}.session`);
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    await writeFile(file, sealAsBefore(key, "HRLD\x01", id, JSON.stringify(secret)), { mode: 0o600 });
  }

  const cycleId = randomUUID();
  const insertCycle = `INSERT INTO cycles (id, user_id, number, state, epoch, engine_id, execution_mode, post_type, post_content,
      delay_between_posts, started_at, ended_at)
    SELECT $1, user_id, $2, $3, 1, $4, 'enterprise', post_type, post_content, 0, now() - $5::interval, $6 FROM bots
    WHERE user_id = $7`;
  await query(insertCycle, [cycleId, HISTORY.cycles + 1, "running", ENGINE, "1 minute", null, userId]);
  for (const [position, delivery] of deliveries.entries()) {
    const { chat, account, state, randomId, waitUntil = null } = delivery;
    const groupId = randomUUID();
    const sessionId = sessions.get(account);
    await query("INSERT INTO chats (id, title, opted_out) VALUES ($1, $2, $3)", [
      chat.markedId,
      chat.title,
      delivery.optedOut ?? false,
    ]);
    await query(
      "INSERT INTO groups (id, user_id, reference, position, title, chat_id) VALUES ($1, $2, $3, $4, $5, $6)",
      [groupId, userId, `@${chat.username}`, position, chat.title, chat.markedId],
    );
    for (const [knows, id] of sessions)
      await query("INSERT INTO session_peers VALUES ($1, $2, 'channel', $3, $4)", [
        id,
        `@${chat.username}`,
        chat.id,
        chat.accessHash(knows),
      ]);
    if (waitUntil !== null)
      await query(
        "INSERT INTO group_pairs (session_id, group_id, wait_until, code) VALUES ($1, $2, $3, 'SLOWMODE_WAIT_6')",
        [sessionId, groupId, waitUntil],
      );
    if (delivery.refused)
      await query(
        `INSERT INTO group_pairs (session_id, group_id, retired, reason, code)
         VALUES ($1, $2, true, 'writing is not allowed there', 'CHAT_WRITE_FORBIDDEN')`,
        [sessionId, groupId],
      );
    await query(
      `INSERT INTO deliveries (cycle_id, user_id, session_id, group_id, chat_id, random_id, planned_at, state, outcome, message_id,
         attempts, tried_at, wait_until, settled_at)
       SELECT $1, $2, $3, $4, $5, $6, now() - interval '30 s', $7, $8, CASE WHEN tried AND settled THEN 1 END, tried::int,
         CASE WHEN tried THEN now() - interval '20 s' END, $9, CASE WHEN settled THEN now() - interval '19 s' END
       FROM (SELECT $10::boolean AS tried, $11::boolean AS settled) s`,
      [
        cycleId,
        userId,
        sessionId,
        groupId,
        chat.markedId,
        randomId,
        state,
        state === "sent" ? "sent" : waitUntil && "slow_mode",
        waitUntil,
        state !== "planned",
        state === "sent",
      ],
    );
  }
  for (const [account, id] of sessions)
    await query("INSERT INTO session_peers VALUES ($1, $2, 'channel', $3, $4)", [
      id,
      `@${source.username}`,
      source.id,
      source.accessHash(account),
    ]);

  for (let number = 1; number <= HISTORY.cycles; number += 1) {
    const id = randomUUID();
    await query(insertCycle, [id, number, "finished", null, "1 day", new Date(), userId]);
    await query(
      `INSERT INTO deliveries (cycle_id, user_id, session_id, group_id, chat_id, random_id, planned_at, state, outcome, code,
         message_id, attempts, tried_at, settled_at)
       SELECT $1, $2, s.id, g.id, g.chat_id, $3::bigint * 10000 + n, now() - interval '1 day', word::"DeliveryState",
         CASE word WHEN 'sent' THEN 'sent' WHEN 'failed' THEN 'group_refused' ELSE 'bot_changed' END,
         CASE word WHEN 'failed' THEN 'CHAT_WRITE_FORBIDDEN' END, CASE word WHEN 'sent' THEN n END,
         (word <> 'skipped')::int, CASE WHEN word <> 'skipped' THEN now() - interval '1 day' END, now() - interval '1 day'
       FROM (SELECT n, CASE WHEN n % 20 = 0 THEN 'skipped' WHEN n % 10 = 0 THEN 'failed' ELSE 'sent' END AS word
             FROM generate_series(1, $4::int) n) made
       JOIN LATERAL (SELECT id, chat_id FROM groups WHERE user_id = $2 AND position = n % (SELECT count(*) FROM groups)) g ON true
       JOIN LATERAL (SELECT id FROM sessions ORDER BY id OFFSET n % (SELECT count(*) FROM sessions) LIMIT 1) s ON true`,
      [id, userId, number, HISTORY.deliveries],
    );
  }
  await query(`
    UPDATE groups g SET sent = n.sent, failed = n.failed FROM (
      SELECT group_id, count(*) FILTER (WHERE state = 'sent') AS sent, count(*) FILTER (WHERE state = 'failed') AS failed
      FROM deliveries GROUP BY 1) n WHERE n.group_id = g.id;
    UPDATE stats SET total_posts = n.sent + n.failed, total_success = n.sent, total_failures = n.failed, total_messages_sent = n.sent
      FROM (SELECT sum(sent) AS sent, sum(failed) AS failed FROM groups) n;
    INSERT INTO bot_log (user_id, level, text) SELECT user_id, 'info', 'Posted.' FROM deliveries WHERE state = 'sent'`);
  await leaveJob(database.url, cycleId);
  return { database, userId };
}

/** AES-256-GCM as it was before there were key ids: iv, tag, ciphertext behind `magic`, which is bound with the context. */
function sealAsBefore(key: Buffer, magic: string, context: string, content: string): Buffer {
  const head = Buffer.from(magic, "latin1");
  const iv = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", key, iv).setAAD(Buffer.concat([head, Buffer.from(context)]));
  const text = Buffer.concat([cipher.update(content, "utf8"), cipher.final()]);
  return Buffer.concat([head, iv, cipher.getAuthTag(), text]);
}

/** The job that lasted as long as its cycle, on the queue that there was then. */
async function leaveJob(url: string, cycleId: string): Promise<void> {
  const boss = new PgBoss({ connectionString: url, supervise: false, schedule: false });
  boss.on("error", () => {});
  await boss.start();
  await boss.createQueue("cycle");
  await boss.send("cycle", { cycleId });
  await boss.fetch("cycle");
  await boss.stop({ graceful: false });
}
