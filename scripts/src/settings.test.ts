import { randomBytes } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { engine, web } from "./apps.ts";
import { launch, settingsApart } from "./launch.ts";
import { renewSessionKey } from "./secrets.ts";
import { readSettings } from "./settings.ts";

const random = () => randomBytes(32).toString("base64");
let folder: string;
let real: Record<string, string>;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "herald-settings-"));
  real = { DEMO: "0", STATE_DIR: join(folder, "state"), SESSIONS_DIR: join(folder, "sessions") };
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const secretsFile = () => join(folder, "state/secrets.json");
const kept = (): Record<string, string> => JSON.parse(readFileSync(secretsFile(), "utf8"));
const appEnvironment = (environment: Record<string, string>): Record<string, string> =>
  readSettings(environment).appEnvironment;
const refused = (environment: Record<string, string>): string => {
  try {
    readSettings(environment);
  } catch (error) {
    return String(error);
  }
  throw new Error("It was not refused.");
};

test("what nobody gives is made once and kept for its owner; what is given is not kept", () => {
  const NEXTAUTH_SECRET = random();
  const made = appEnvironment({ ...real, NEXTAUTH_SECRET });
  const { ENGINE_JWT_SECRET, SESSION_KEY, ...others } = kept();
  expect(others).toEqual({});
  expect(made).toMatchObject({ NEXTAUTH_SECRET, ENGINE_JWT_SECRET, SESSION_KEY });
  expect(statSync(secretsFile()).mode & 0o777).toBe(0o600);
  expect(appEnvironment({ ...real, NEXTAUTH_SECRET })).toEqual(made);
});

test("a secret of a file reaches the apps by its variable, and not a second time by the file", () => {
  const secrets: Record<string, string> = {
    DATABASE_URL: "postgresql://herald@127.0.0.1/herald",
    NEXTAUTH_SECRET: random(),
    ENGINE_JWT_SECRET: random(),
    SESSION_KEY: random(),
    SESSION_KEYS_OLD: `${random()},${random()}`,
  };
  const byFile = Object.entries(secrets).map(([name, secret]) => {
    writeFileSync(join(folder, name), `${secret}\n`, { mode: 0o600 });
    return [`${name}_FILE`, join(folder, name)];
  });
  const { DATABASE_URL, appEnvironment: forApps } = readSettings({ ...real, ...Object.fromEntries(byFile) });
  const { DATABASE_URL: database, ...others } = secrets;
  expect(DATABASE_URL).toBe(database);
  expect(forApps).toMatchObject(others);
  expect(Object.keys(forApps).filter((name) => name.endsWith("_FILE"))).toEqual([]);
  expect(existsSync(secretsFile())).toBe(false);
});

test("outside the demo kept secrets that can be guessed or read by others are refused, and session files that others can read", () => {
  readSettings(real);
  const weak: Record<string, string> = {
    ...kept(),
    NEXTAUTH_SECRET: "x".repeat(64),
    ENGINE_JWT_SECRET: kept().SESSION_KEY ?? "",
  };
  writeFileSync(secretsFile(), JSON.stringify(weak));
  chmodSync(secretsFile(), 0o644);
  mkdirSync(join(folder, "sessions/unused"), { recursive: true });
  writeFileSync(join(folder, "sessions/unused/a.session"), "sealed");
  chmodSync(join(folder, "sessions/unused/a.session"), 0o644);
  const message = refused(real);
  expect(message).toContain("NEXTAUTH_SECRET is not random");
  expect(message).toContain("SESSION_KEY is the same as ENGINE_JWT_SECRET");
  expect(message).toContain(`chmod 600 ${secretsFile()}`);
  expect(message).toContain(`chmod -R go-rwx ${join(folder, "sessions")}`);
  expect(message).not.toContain(weak.SESSION_KEY);
  expect(appEnvironment({ ...real, DEMO: "1" }).DEMO).toBe("1");
});

test("kept secrets that are damaged are refused and not made anew, and nothing of them is shown", () => {
  readSettings(real);
  const { SESSION_KEY = "" } = kept();
  for (const damaged of [readFileSync(secretsFile(), "utf8").slice(0, -20), `["${SESSION_KEY}"]`, `"${SESSION_KEY}`]) {
    writeFileSync(secretsFile(), damaged);
    expect(refused(real)).toContain("is damaged");
    expect(refused(real)).not.toContain(SESSION_KEY.slice(0, 8));
    expect(readFileSync(secretsFile(), "utf8")).toBe(damaged);
  }
});

test("a new SESSION_KEY takes the place of the kept one, which opens what it sealed", () => {
  const first = appEnvironment(real);
  renewSessionKey(join(folder, "state"), first);
  const second = appEnvironment(real);
  expect(second).toEqual({ ...first, SESSION_KEY: second.SESSION_KEY, SESSION_KEYS_OLD: first.SESSION_KEY });
  expect(second.SESSION_KEY).not.toBe(first.SESSION_KEY);
  expect(statSync(secretsFile()).mode & 0o777).toBe(0o600);
  renewSessionKey(join(folder, "state"), second);
  const third = appEnvironment(real);
  expect(third.SESSION_KEYS_OLD).toBe(`${second.SESSION_KEY},${first.SESSION_KEY}`);
  expect(Buffer.from(third.SESSION_KEY ?? "", "base64")).toHaveLength(32);
});

test("a SESSION_KEY of the environment is not renewed in the file, where it would do nothing", () => {
  for (const given of [{ SESSION_KEY: random() }, { SESSION_KEYS_OLD: random() }]) {
    const used = appEnvironment({ ...real, ...given });
    const before = kept();
    expect(() => renewSessionKey(join(folder, "state"), used)).toThrow(/is set in the environment/);
    expect(kept()).toEqual(before);
    rmSync(secretsFile());
  }
});

test("a start that is refused starts nothing, and ends with what to do", async () => {
  const apart = await settingsApart();
  try {
    const NEXTAUTH_SECRET = "change-me-".repeat(6);
    const herald = launch({ ...apart.environment, DEMO: "0", NEXTAUTH_SECRET });
    expect(await herald.ended).toBe(1);
    const [first, second] = herald.output.filter((line) => line !== "");
    expect(first).toBe("Herald did not start, and nothing was changed. Mend this:");
    expect(second).toBe("  NEXTAUTH_SECRET is a placeholder: make one with openssl rand -base64 32");
    expect(existsSync(join(apart.folder, "postgresql"))).toBe(false);
    expect(existsSync(join(apart.folder, "secrets.json"))).toBe(false);
  } finally {
    apart.remove();
  }
});

test.each([
  ["127.0.0.1", "127.0.0.1"],
  ["0.0.0.0", "127.0.0.1"],
  ["::", "[::1]"],
  ["::1", "[::1]"],
  ["192.0.2.7", "192.0.2.7"],
  ["herald.internal", "herald.internal"],
])("what listens on %s is asked at %s, by the launcher and by the pages", (host, asked) => {
  const settings = readSettings({
    ...real,
    ENGINE_HOST: host,
    WEB_HOST: host,
    ENGINE_PORT: "4001",
    WEB_PORT: "3001",
  });
  const { appEnvironment } = settings;
  expect(appEnvironment).toMatchObject({ ENGINE_HOST: host, ENGINE_URL: `http://${asked}:4001` });
  expect(engine(settings, "", false).healthUrl).toBe(`http://${asked}:4001/api/health`);
  expect(web(settings, [], false).healthUrl).toBe(`http://${asked}:3001/api/health`);
});
