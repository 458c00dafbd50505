import { randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { engine } from "@herald/engine/testing";
import { migrate } from "@herald/scripts/migrate";
import { type Emulator, startEmulator } from "@herald/telegram-emulator";
import { People, type Person } from "@herald/testing/people";
import { signInBy } from "@herald/testing/sign-in";
import { EngineProcess } from "./engine-process.ts";
import { Journal } from "./journal.ts";
import { Postgres } from "./postgres.ts";
import { Random } from "./random.ts";
import { chooseChats, POST_LINK, type Scale, type Stage, setStage } from "./stage.ts";

/** Seconds between two posts to a chat, whoever sends them. */
export const COOLDOWN = 1;
/** The same for a few chats that have their own. */
const LONGER_COOLDOWN = 2;
const CHATS_WITH_LONGER_COOLDOWN = 3;

/** A whole Herald with its Telegram, for the faults to be injected into. */
export interface Herald {
  stage: Stage;
  emulator: Emulator;
  postgres: Postgres;
  engines: EngineProcess[];
  journal: Journal;
  admin: Person;
  users: Person[];
  /** where the engines keep their session files */
  sessionStore: "folder" | "database";
}

/** @param stack ends everything that was started, also when the set-up fails half-way */
export async function setUp(
  stack: AsyncDisposableStack,
  options: { engines: number; seed: number; scale: Scale; random: Random },
): Promise<Herald> {
  const { seed, scale, random } = options;
  const journal = new Journal();
  const folder = await mkdtemp(join(tmpdir(), "herald-torture-"));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  const stage = setStage(seed, scale);
  const emulator = await startEmulator({ world: stage.world, seed });
  stack.defer(() => emulator.stop());
  const postgres = stack.use(await Postgres.start(folder, migrate));

  const sessionStore = seed % 2 === 0 ? "database" : "folder";
  const jwtSecret = randomBytes(32).toString("base64");
  const environment = await engineEnvironment({ folder, emulator, postgres, sessionStore, jwtSecret });
  const engines = Array.from(
    { length: options.engines },
    (_, n) => new EngineProcess(`engine-${n + 1}`, engine.program, environment, journal),
  );
  stack.defer(async () => {
    await Promise.all(engines.map((engine) => engine.dispose()));
  });
  await Promise.all(engines.map((engine) => engine.start()));

  // by choices of their own: when people call is not the seed's to say
  const whichEngine = new Random(seed + 3);
  const engineUrl = () => {
    const urls = engines.flatMap(({ url }) => (url === null ? [] : [url]));
    if (urls.length === 0) throw new Error("no engine works");
    return whichEngine.pick(urls);
  };
  const people = new People(
    jwtSecret,
    engineUrl,
    signInBy((text, values) => postgres.query(text, values)),
  );
  const admin = await people.firstAdmin(engine, environment);
  await people.fillPool(admin, stage.accounts);
  await setChats(postgres, stage);
  // the pool gives those first that were used least: an account that one user gives back is to go to another, not to wait behind the spare ones
  await postgres.query("UPDATE sessions SET last_used_at = now() + interval '1 day'");
  const users: Person[] = [];
  for (let n = 0; n < scale.enterpriseUsers + scale.starterUsers; n++)
    users.push(await makeUser(people, admin, n, { stage, scale, random }));
  return { stage, emulator, postgres, engines, journal, admin, users, sessionStore };
}

/** What the engines of one run are started with; their session files and logs are in `folder`. */
export async function engineEnvironment(options: {
  folder: string;
  emulator: Emulator;
  postgres: Postgres;
  sessionStore: Herald["sessionStore"];
  jwtSecret: string;
}): Promise<NodeJS.ProcessEnv> {
  const { folder, emulator, postgres, sessionStore, jwtSecret } = options;
  const rsaKey = join(folder, "emulator.pem");
  await writeFile(rsaKey, emulator.rsaPublicKeyPem);
  return {
    ...process.env,
    ENGINE_PORT: "0",
    DATABASE_URL: postgres.url,
    ENGINE_JWT_SECRET: jwtSecret,
    SESSION_KEY: randomBytes(32).toString("base64"),
    SESSION_STORE: sessionStore,
    SESSIONS_DIR: join(folder, "sessions"),
    LOGS_DIR: join(folder, "logs"),
    LOG_LEVEL: "info",
    TELEGRAM_DC: emulator.dc,
    TELEGRAM_RSA_PUBLIC_KEY: rsaKey,
    DEFAULT_COOLDOWN_SECONDS: String(COOLDOWN),
  };
}

/** Opts two chats out, and gives a few a cool-down of their own: an admin's work in the database. */
async function setChats(postgres: Postgres, { chats, optedOut }: Stage): Promise<void> {
  for (const { markedId, title } of optedOut) {
    await postgres.query("INSERT INTO chats (id, title) VALUES ($1, $2)", [markedId, title]);
    await postgres.query(
      "INSERT INTO opt_outs (id, chat_id, by_kind, by_name) VALUES (gen_random_uuid(), $1, 'system', 'torture')",
      [markedId],
    );
  }
  for (const chat of chats.slice(-CHATS_WITH_LONGER_COOLDOWN))
    await postgres.query("INSERT INTO chats (id, title, cooldown) VALUES ($1, $2, $3)", [
      chat.markedId,
      chat.title,
      LONGER_COOLDOWN,
    ]);
}

/** A user with groups and settings: the first ones are ENTERPRISE, the others STARTER. */
export async function makeUser(
  people: People,
  admin: Person,
  n: number,
  { stage, scale, random }: { stage: Stage; scale: Scale; random: Random },
): Promise<Person> {
  const isStarter = n >= scale.enterpriseUsers;
  const lines = chooseChats(stage, random, scale.chatsEach);
  const user = await people.user(admin, {
    type: isStarter ? "STARTER" : "ENTERPRISE",
    maxSessions: isStarter ? scale.starterSessions : scale.enterpriseSessions,
    maxGroups: lines.length,
    expiresAt: null,
  });
  await user.api.groups.add.mutate({ lines });
  await user.api.bot.configure.mutate({
    // every third posts a text instead of a link
    post: n % 3 === 2 ? { type: "text", content: "hello" } : { type: "link", content: POST_LINK },
    executionMode: isStarter ? "starter" : "enterprise",
    totalCycleMinutes: 1,
    delayBetweenPosts: n % 2,
    delayBetweenCycles: 1,
  });
  return user;
}
