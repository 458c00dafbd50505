import { randomBytes } from "node:crypto";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

const random = () => randomBytes(32).toString("base64");
const settings = () => ({
  NEXTAUTH_SECRET: random(),
  NEXTAUTH_URL: "https://herald.example.org",
  ENGINE_JWT_SECRET: random(),
  DEMO: "0",
});

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "herald-web-"));
  vi.resetModules();
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

/** What the pages read at their start. */
async function read(environment: Record<string, string>) {
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  return (await import("./env")).env();
}

test("the pages take their secrets from files too", async () => {
  const { NEXTAUTH_SECRET, ...others } = settings();
  writeFileSync(join(folder, "secret"), `${NEXTAUTH_SECRET}\n`, { mode: 0o600 });
  vi.stubEnv("NEXTAUTH_SECRET_FILE", join(folder, "secret"));
  expect(await read({ ...others, NEXTAUTH_SECRET: "" })).toMatchObject({ NEXTAUTH_SECRET });
});

test("outside the demo they refuse what can be guessed or read by others, all at once", async () => {
  writeFileSync(join(folder, "jwt"), random());
  chmodSync(join(folder, "jwt"), 0o644);
  const weak = {
    ...settings(),
    NEXTAUTH_SECRET: "x".repeat(64),
    ENGINE_JWT_SECRET: "",
    ENGINE_JWT_SECRET_FILE: join(folder, "jwt"),
  };
  await expect(read(weak)).rejects.toThrow(
    /ENGINE_JWT_SECRET is in a file that.*chmod 600 .*\n.*NEXTAUTH_SECRET is not random/,
  );
  await expect(read({ ...weak, DEMO: "1" })).resolves.toMatchObject({ DEMO: true });
});
