import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { demoSeed, ENGINE_VARIABLES, emulator, engine, engineEnvironment, WEB_VARIABLES, web } from "./apps.ts";
import { ROOT } from "./root.ts";
import { readSettings } from "./settings.ts";

const DATABASE = "postgresql://herald:secret@localhost/herald";

/** What the launcher was told by its own environment and `.env`. */
function settings(environment: Record<string, string> = {}) {
  const STATE_DIR = mkdtempSync(join(tmpdir(), "herald-apps-"));
  onTestFinished(() => rmSync(STATE_DIR, { recursive: true }));
  return readSettings({ PATH: "/bin", STATE_DIR, AWS_SECRET_ACCESS_KEY: "not theirs", ...environment });
}

/** The variables that an app's `env.ts` reads. */
const readBy = (app: string) =>
  [...readFileSync(join(ROOT, app, "src/env.ts"), "utf8").matchAll(/^ {2}([A-Z][A-Z_]+):/gm)].map(([, name]) => name);

test.each([
  ["apps/engine", ENGINE_VARIABLES],
  ["apps/web", WEB_VARIABLES],
])("%s is given what its env.ts reads, and nothing else", (app, names) => {
  expect([...names].sort()).toEqual(readBy(app).sort());
});

test("each app is given what is its own, and no other's secrets", () => {
  const all = settings({ LOG_LEVEL: "debug", ENGINE_ID: "one", TRUSTED_PROXIES: "1" });
  const { SESSION_KEY, ENGINE_JWT_SECRET, NEXTAUTH_SECRET } = all.appEnvironment;
  const forEngine = engineEnvironment(all, DATABASE);
  expect(forEngine).toMatchObject({ SESSION_KEY, ENGINE_JWT_SECRET, DATABASE_URL: DATABASE, LOG_LEVEL: "debug" });
  expect(forEngine).not.toHaveProperty("NEXTAUTH_SECRET");
  expect(engine(all, DATABASE, false).env).toEqual(forEngine);
  expect(demoSeed(all, DATABASE).env).toEqual(forEngine);

  const logins = [{ label: "Demo user", email: "user@herald.example", password: "known" }];
  const forWeb = web(all, logins, false).env;
  expect(forWeb).toMatchObject({
    NEXTAUTH_SECRET,
    ENGINE_JWT_SECRET,
    DEMO_LOGINS: JSON.stringify(logins),
    TRUSTED_PROXIES: "1",
  });
  for (const name of ["DATABASE_URL", "SESSION_KEY", "SESSION_KEYS_OLD", "ENGINE_ID"])
    expect(forWeb).not.toHaveProperty(name);

  expect(emulator(all).env).toEqual({ PATH: "/bin" });
  for (const env of [forEngine, forWeb]) {
    expect(env).toMatchObject({ PATH: "/bin" });
    expect(JSON.stringify(env)).not.toContain("not theirs");
  }
});
