import { randomBytes } from "node:crypto";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readEnvironment } from "./env.ts";

const random = () => randomBytes(32).toString("base64");
let folder: string;
let fit: Record<string, string>;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "herald-env-"));
  fit = {
    DATABASE_URL: "postgresql://herald@127.0.0.1/herald",
    ENGINE_JWT_SECRET: random(),
    SESSION_KEY: random(),
    SESSIONS_DIR: join(folder, "sessions"),
  };
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const refused = (environment: Record<string, string>): string => {
  try {
    readEnvironment(environment);
  } catch (error) {
    return String(error);
  }
  throw new Error("It was not refused.");
};

test("every secret may come by a file", () => {
  const old = [random(), random()];
  const secrets: Record<string, string> = { ...fit, SESSION_KEYS_OLD: old.join(",") };
  const byFile = ["DATABASE_URL", "ENGINE_JWT_SECRET", "SESSION_KEY", "SESSION_KEYS_OLD"].map((name) => {
    writeFileSync(join(folder, name), `${secrets[name]}\n`, { mode: 0o600 });
    return [`${name}_FILE`, join(folder, name)];
  });
  expect(readEnvironment({ ...Object.fromEntries(byFile), SESSIONS_DIR: join(folder, "sessions") })).toMatchObject({
    DATABASE_URL: fit.DATABASE_URL,
    ENGINE_JWT_SECRET: new TextEncoder().encode(fit.ENGINE_JWT_SECRET),
    SESSION_KEY: Buffer.from(fit.SESSION_KEY ?? "", "base64"),
    SESSION_KEYS_OLD: old.map((key) => Buffer.from(key, "base64")),
  });
});

test("everything that is wrong is told at once, and no content", () => {
  writeFileSync(join(folder, "jwt"), random());
  chmodSync(join(folder, "jwt"), 0o644);
  const message = refused({
    DATABASE_URL_FILE: join(folder, "none"),
    ENGINE_JWT_SECRET_FILE: join(folder, "jwt"),
    SESSION_KEY: Buffer.alloc(32, "ab").toString("base64"),
    SESSION_KEYS_OLD: "half-a-key",
    ENGINE_PORT: "many",
  });
  expect(message.split("\n").map((line) => line.trim().split(" ")[0])).toEqual([
    "Error:",
    "DATABASE_URL",
    "ENGINE_JWT_SECRET",
    "ENGINE_PORT",
    "SESSION_KEYS_OLD.0",
    "SESSION_KEY",
  ]);
  expect(message).toContain(`chmod 600 ${join(folder, "jwt")}`);
  expect(message).not.toContain("half-a-key");
  expect(message).not.toContain("YWJhYm");
});

test("session files that others can read are refused, with what mends it, unless they are in the database", () => {
  const { SESSIONS_DIR = "" } = fit;
  mkdirSync(join(SESSIONS_DIR, "assigned/u1"), { recursive: true });
  const file = join(SESSIONS_DIR, "assigned/u1/a.session");
  writeFileSync(file, "sealed");
  chmodSync(file, 0o640);
  expect(refused(fit)).toContain(`has 1 file that others can read: chmod -R go-rwx ${SESSIONS_DIR}`);
  expect(readEnvironment({ ...fit, SESSION_STORE: "database" }).SESSION_STORE).toBe("database");
  chmodSync(file, 0o600);
  expect(readEnvironment(fit).SESSIONS_DIR).toBe(SESSIONS_DIR);
});

test("the demo starts with what everybody knows, and with files that others can read, but not with a secret twice", () => {
  writeFileSync(join(folder, "key"), random());
  chmodSync(join(folder, "key"), 0o644);
  const { SESSION_KEY: _, ...others } = fit;
  const demo = { ...others, ENGINE_JWT_SECRET: "x".repeat(32), SESSION_KEY_FILE: join(folder, "key"), DEMO: "1" };
  expect(readEnvironment(demo).DEMO).toBe(true);
  expect(refused({ ...demo, DEMO: "0" })).toMatch(/SESSION_KEY is in a file.*\n {2}ENGINE_JWT_SECRET is/);
  expect(refused({ ...demo, SESSION_KEY: random() })).toContain("SESSION_KEY is given twice");
});

test("keys that are lost are a list of ids", () => {
  expect(readEnvironment(fit).SESSION_KEYS_LOST).toEqual([]);
  expect(readEnvironment({ ...fit, SESSION_KEYS_LOST: " 0a1b2c3d ,unnamed," }).SESSION_KEYS_LOST).toEqual([
    "0a1b2c3d",
    "unnamed",
  ]);
});
