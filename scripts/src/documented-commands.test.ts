import { createHmac } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseEnv } from "node:util";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { documentedCommands } from "./documented-commands.ts";
import { settingsApart } from "./launch.ts";
import { openDatabase } from "./open-database.ts";
import { freePort } from "./ports.ts";
import { type Typed, type, typeIn } from "./reader.ts";
import { ROOT } from "./root.ts";
import { readSettings } from "./settings.ts";

/** For one command, with whatever has to be brought up, and built where nobody has, before it. Milliseconds. */
const TIMEOUT_MS = 600_000;

type How =
  /** as it stands, its exit code and output looked at */
  | ((command: string) => Promise<void>)
  /** not here: the file that runs it, and what stands there */
  | { because: string; see: string; has: string }
  /** nowhere */
  | { cannot: string };

type Place = { folder: string; environment: Record<string, string> };
type Demo = Place & { herald: Typed };
const places: Array<{ remove(): void }> = [];

/** A Herald of its own: free ports, and a folder with `.herald` and `sessions` in it, where commands are typed. */
async function place(DEMO: "0" | "1"): Promise<Place> {
  const { folder, environment, remove } = await settingsApart();
  places.push({ remove });
  mkdirSync(join(folder, "sessions/unused"), { recursive: true });
  writeFileSync(join(folder, "sessions/unused/sample"), "sealed");
  // Copied as the README says, it also keeps a developer's own .env out.
  const copied = parseEnv(readFileSync(join(ROOT, ".env.example"), "utf8"));
  // What the pages say of the default ports leads to these.
  const ports = [
    ["4000", environment.ENGINE_PORT],
    ["4431", environment.EMULATOR_CONTROL_PORT],
  ];
  const rules = ports.map(([theirs, ours]) => `connect-to = "127.0.0.1:${theirs}:127.0.0.1:${ours}"\n`);
  writeFileSync(join(folder, ".curlrc"), `silent\n${rules.join("")}`);
  return {
    folder,
    environment: { ...copied, ...environment, DEMO, STATE_DIR: join(folder, ".herald"), CURL_HOME: folder },
  };
}

let real: Place;
let demo: Promise<Demo> | undefined;
beforeAll(async () => {
  real = await place("0");
});
afterAll(async () => {
  await (await demo)?.herald[Symbol.asyncDispose]();
  for (const { remove } of places) remove();
}, TIMEOUT_MS);

async function startDemo(): Promise<Demo> {
  const at = await place("1");
  const herald = typeIn("npm start", { environment: at.environment });
  await herald.printed("Herald is ready");
  return { ...at, herald };
}

/** The demo, brought up for the first who asks. */
function theDemo(): Promise<Demo> {
  demo ??= startDemo();
  return demo;
}

const json = async (url: string, init?: RequestInit) => (await fetch(url, init)).json();
const engineOf = ({ environment }: Place) => `http://127.0.0.1:${environment.ENGINE_PORT}`;

const Answer = z.object({ result: z.object({ data: z.object({ key: z.string() }) }) });

/** An API key of somebody of the demo, made with a token as docs/api.md describes it. */
async function demoApiKey({ folder, environment }: Place, email = "user@herald.example"): Promise<string> {
  const { url } = await openDatabase(readSettings(environment));
  const database = new pg.Client({ connectionString: url });
  await database.connect();
  const { rows } = await database.query(
    `INSERT INTO sign_ins (user_id, expires_at) SELECT id, now() + interval '1 hour' FROM users
     WHERE email = $1 RETURNING id AS sid, user_id AS sub`,
    [email],
  );
  await database.end();
  const { ENGINE_JWT_SECRET } = JSON.parse(readFileSync(join(folder, ".herald/secrets.json"), "utf8"));
  const iat = Math.floor(Date.now() / 1000);
  const claims = { iss: "herald-web", aud: "herald-engine", ...rows[0], iat, exp: iat + 60 };
  const parts = [{ alg: "HS256", typ: "JWT" }, claims].map((part) =>
    Buffer.from(JSON.stringify(part)).toString("base64url"),
  );
  const signature = createHmac("sha256", ENGINE_JWT_SECRET).update(parts.join(".")).digest("base64url");
  const headers = { authorization: `Bearer ${[...parts, signature].join(".")}`, "content-type": "application/json" };
  const answer = await json(`${engineOf({ folder, environment })}/trpc/users.createApiKey`, {
    method: "POST",
    headers,
  });
  return Answer.parse(answer).result.data.key;
}

/** Packs something in the folder of a Herald that stands still. */
const packs = (archive: string) => async (command: string) => {
  expect(await type(command, real)).toMatchObject({ code: 0 });
  expect(existsSync(join(real.folder, archive))).toBe(true);
};

/** Unpacks it in the place of what was packed, and finds it there again. */
const unpacks = (files: Record<string, string>) => async (command: string) => {
  const away = mkdtempSync(join(real.folder, "away-"));
  for (const name of Object.keys(files)) renameSync(join(real.folder, name), join(away, name));
  expect(await type(command, real)).toMatchObject({ code: 0 });
  for (const [name, file] of Object.entries(files)) expect(existsSync(join(real.folder, name, file))).toBe(true);
};

/** Runs it with `more` behind it, which makes it short. */
const shortBy =
  (more: string, outcome: { code: number; says: string; in?: string }) =>
  async (command: string): Promise<void> => {
    const { code, said } = await type(`${command} ${more}`, { folder: join(ROOT, outcome.in ?? ".") });
    expect(said).toContain(outcome.says);
    expect(code).toBe(outcome.code);
  };

const step = (script: string): How => ({
  because: "takes minutes or changes the sources, and is a step of `npm test` already",
  see: "scripts/src/check.ts",
  has: `"${script}"`,
});
const packed = (has: string): How => ({
  because: "compiles and installs",
  see: "packages/telegram-emulator/test/package.test.ts",
  has,
});
const POSTGRES_TOOLS: How = {
  cannot: "npm brings PostgreSQL's server without its tools, and a system's must be as new as the server that it reads",
};
const UPLOAD = `curl --data-binary @shop.session -H "Authorization: Bearer hk_…" -H "Content-Type: application/octet-stream" "http://127.0.0.1:4000/api/sessions/upload?name=shop.session"`;
const START = `curl -X POST http://127.0.0.1:4000/api/bot/start -H "Authorization: Bearer hk_…" -H "Content-Type: application/json" -d '{"execution_mode": "starter", "total_cycle_minutes": 60}'`;
const PNPM = "npx --yes pnpm@12.21.0";

/** How each command is run. The order tells a story: what is set up is kept, restored, started and asked. */
const COMMANDS: Record<string, How> = {
  [`${PNPM} run create-admin -- --email you@example.org`]: async (command) => {
    const { code, said } = await type(command, { environment: real.environment, input: "a long password\n" });
    expect(said).toContain("you@example.org can sign in as an admin.");
    expect(code).toBe(0);
  },
  "tar -czf herald-backup.tar.gz .herald sessions": packs("herald-backup.tar.gz"),
  "tar -xzf herald-backup.tar.gz": unpacks({ ".herald": "postgresql/data/PG_VERSION", sessions: "unused/sample" }),
  "tar -czf sessions.tar.gz sessions": packs("sessions.tar.gz"),
  "tar -xzf sessions.tar.gz": unpacks({ sessions: "unused/sample" }),
  "npm start": async (command) => {
    await using herald = typeIn(command, { environment: real.environment });
    await herald.printed(`Herald is ready: http://localhost:${real.environment.WEB_PORT}`);
    expect(await json(`${engineOf(real)}/api/health`)).toMatchObject({ status: "ok" });
    expect(herald.output.join("\n")).not.toContain("Demo user");
    herald.interrupt();
    await herald.ended;
    expect(herald.output).toContain("Herald has stopped.");
    expect((await theDemo()).herald.output.join("\n")).toContain("Demo user: user@herald.example");
  },
  'curl --header "Authorization: Bearer $(cat .herald/telegram.token)" http://127.0.0.1:4431/record': async (
    command,
  ) => {
    const { code, said } = await type(command, await theDemo());
    expect(code).toBe(0);
    expect(JSON.parse(said)).toBeInstanceOf(Array);
  },
  [START]: async (command) => {
    const at = await theDemo();
    const { said } = await type(command.replace("hk_…", await demoApiKey(at)), at);
    expect(JSON.parse(said)).toMatchObject({
      bot_status: "running",
      execution_mode: "starter",
      total_cycle_minutes: 60,
    });
  },
  [UPLOAD]: async (command) => {
    const at = await theDemo();
    writeFileSync(join(at.folder, "shop.session"), "no session");
    const { said } = await type(command.replace("hk_…", await demoApiKey(at, "admin@herald.example")), at);
    expect(JSON.parse(said)).toMatchObject({ status: "refused", name: "shop.session", code: "session_format" });
  },
  [`ENGINE_ID=two ENGINE_PORT=4001 ${PNPM} run engine`]: async (command) => {
    const at = await theDemo();
    await using engine = typeIn(command.replace("4001", `${await freePort()}`), { environment: at.environment });
    await engine.printed("the engine listens on");
    expect(await json(`${engineOf(at)}/api/health`)).toMatchObject({ status: "ok", engines: 2 });
    engine.interrupt();
    await engine.printed("SIGINT: the engine stops");
    await engine.ended;
    expect(await json(`${engineOf(at)}/api/health`)).toMatchObject({ status: "ok", engines: 1 });
  },
  [`${PNPM} run keys:new`]: async (command) => {
    const { code, said } = await type(command, { environment: real.environment });
    expect(said).toContain("Start Herald again, and every other engine");
    expect(code).toBe(0);
    expect(readFileSync(join(real.folder, ".herald/secrets.json"), "utf8")).toContain("SESSION_KEYS_OLD");
  },
  [`${PNPM} run keys:rotate`]: async (command) => {
    const { code, said } = await type(command, { environment: (await theDemo()).environment });
    expect(said).toContain("Nothing needs SESSION_KEYS_OLD any more.");
    expect(code).toBe(0);
  },
  [`${PNPM} run db:migrate`]: async (command) => {
    const { code, said } = await type(command, { environment: (await theDemo()).environment });
    expect(said).toContain("✓ Migrating the database");
    expect(code).toBe(0);
  },
  // It asks questions, so without a terminal it comes as far as to say so, of the right database.
  [`${PNPM} run db:migrate:dev`]: async (command) => {
    const { code, said } = await type(command, { environment: (await theDemo()).environment });
    expect(code).not.toBe(0);
    expect(said).toContain("Prisma Migrate has detected that the environment is non-interactive");
  },
  [`${PNPM} run emulator`]: async (command) => {
    await using emulator = typeIn(`${command} --key ${join(real.folder, "server.pem")} --quiet`);
    await emulator.printed("TELEGRAM_DC=2:127.0.0.1:");
    await emulator.printed("control: http://127.0.0.1:");
    await emulator.printed("CONTROL_TOKEN=");
    expect(readFileSync(join(real.folder, "server.pem"), "utf8")).toContain("BEGIN RSA PUBLIC KEY");
  },
  [`${PNPM} run dev`]: async (command) => {
    const { environment } = await place("1");
    await using herald = typeIn(command, { environment });
    await herald.printed("Herald is ready");
    herald.interrupt();
    await herald.ended;
    expect(herald.output).toContain("Herald has stopped.");
  },
  "openssl rand -base64 32": async (command) => {
    const { code, said } = await type(command);
    expect(code).toBe(0);
    expect(Buffer.from(said, "base64")).toHaveLength(32);
  },
  // one file of the package
  [`${PNPM} exec vitest run --project @herald/core`]: shortBy("duration.test.ts", { code: 0, says: "1 passed" }),
  [`${PNPM} exec playwright test tests/start.spec.ts`]: shortBy("--list", {
    code: 0,
    says: "Total: 2 tests in 1 file",
    in: "e2e",
  }),
  // hours: refused before anything begins
  [`${PNPM} run mutation`]: shortBy("nothing", { code: 2, says: "Not among contract, core" }),
  [`${PNPM} run mutation contract`]: shortBy("nothing", { code: 2, says: "core, api, telegram, vault: nothing." }),
  [`${PNPM} run torture --kills 50 --seed 1 --engines 3 --json out.json`]: shortBy("--kills 0", {
    code: 2,
    says: "--kills takes a whole number from 1 to 10000",
  }),
  [`${PNPM} run upgrade --from COMMIT --rounds 5`]: shortBy("--rounds none", {
    code: 2,
    says: "--rounds takes a whole number",
  }),
  [`${PNPM} run scan --requests 5000 --seed 1`]: shortBy("--requests 0", {
    code: 2,
    says: "--requests takes a whole number from 1 to 1000000",
  }),
  [`${PNPM} run bench:bots --bots 1000 --engines 1`]: shortBy("--bots 0", {
    code: 2,
    says: "--bots takes a whole number from 1 to 10000",
  }),
  [`${PNPM} exec node packages/db/bench/ledger.ts --lanes 20`]: shortBy("--lanes 2 --posts 5 --users 1", {
    code: 0,
    says: '"lanes":2',
  }),
  [`${PNPM} run bench:forwards`]: shortBy("2 20", {
    code: 0,
    says: "CPU-seconds per 1,000 forwards; 2 clients",
    in: "packages/telegram-emulator",
  }),
  [`${PNPM} run bench:idle`]: shortBy("2", { code: 0, says: "2 idle clients: ", in: "packages/telegram-emulator" }),
  [`${PNPM} run bench:keys`]: shortBy("2", { code: 0, says: "2 key exchanges in ", in: "packages/telegram-emulator" }),
  "npm test": { because: "it runs this test", see: ".ci/run", has: "npm test" },
  [`${PNPM} run typecheck`]: step("typecheck"),
  [`${PNPM} run boundaries`]: step("boundaries"),
  [`${PNPM} run build`]: step("build"),
  [`${PNPM} exec biome check --write .`]: step("lint"),
  [`${PNPM} pack`]: packed('pnpm(["pack"'),
  "npm install ./herald-telegram-emulator-0.1.0.tgz": packed("const wanted = [filename"),
  "npx --no telegram-emulator --port 4430 --control 4431 --world world.yaml --key server.pem":
    packed('["--no", "telegram-emulator"'),
  [`${PNPM} run bench:click`]: {
    because: "it takes no arguments that would make it short, and its parts are those of the engine's own tests",
    see: "bench/click-to-post.ts",
    has: "`pnpm run bench:click`",
  },
  'pg_dump --format=custom --file=herald.dump "$DATABASE_URL"': POSTGRES_TOOLS,
  'pg_restore --clean --if-exists --dbname="$DATABASE_URL" herald.dump': POSTGRES_TOOLS,
  "git pull": { cannot: "it changes the sources under the tests" },
};

test("the table has the documents' commands, and no others", () => {
  const documented = documentedCommands();
  expect(documented.filter(({ command }) => COMMANDS[command] === undefined)).toEqual([]);
  const known = new Set(documented.map(({ command }) => command));
  expect(Object.keys(COMMANDS).filter((command) => !known.has(command))).toEqual([]);
});

describe("is run, as written", () => {
  for (const [command, how] of Object.entries(COMMANDS))
    if (typeof how === "function") test(command, () => how(command), TIMEOUT_MS);
    else if ("see" in how) test(command, () => expect(readFileSync(join(ROOT, how.see), "utf8")).toContain(how.has));
});
