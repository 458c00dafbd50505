import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { fileURLToPath } from "node:url";
import { createTestDatabase } from "@herald/scripts/test-database";
import { expect, onTestFinished, test } from "vitest";
import { withServices } from "./with-services.ts";

const COMMAND = fileURLToPath(new URL("create-admin.ts", import.meta.url));

/** Runs the command with this standard input. @param environment none: what is refused without a database needs none */
const createAdmin = (args: string[], input: string, environment: NodeJS.ProcessEnv = {}) =>
  new Promise<{ code: number | string | null | undefined; stdout: string; stderr: string }>((resolve) => {
    const child = execFile(process.execPath, [COMMAND, ...args], { env: environment }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : error.code, stdout, stderr }),
    );
    child.stdin?.end(input);
  });

test.each([
  ["an empty standard input", ["--email", "you@example.org"], "", 1, "No password was given, so no admin was made."],
  ["an empty line", ["--email", "you@example.org"], "\n", 1, "No password was given, so no admin was made."],
  ["a short password", ["--email", "you@example.org"], "short\n", 2, "12"],
  ["a password that many have", ["--email", "you@example.org"], "qwerty123456\n", 2, "Many people have this password"],
  ["a password close to its owner", ["--email", "youandme@example.org"], "YouAndMe-2026\n", 2, "close to the name"],
  ["no e-mail address", [], "", 2, "Give the e-mail address: "],
  ["an option that there is not", ["--mail", "you@example.org"], "", 2, "Give the e-mail address: "],
])("%s is refused with what to do", async (_, args, input, code, says) => {
  const refused = await createAdmin(args, input);
  expect(refused).toEqual({ code, stdout: "", stderr: expect.stringContaining(says) });
  expect(refused.stderr).not.toContain("Warning");
});

test("an admin is made once, whose password is the line of standard input", async () => {
  const database = await createTestDatabase();
  onTestFinished(() => database.drop());
  const environment = {
    DATABASE_URL: database.url,
    ENGINE_JWT_SECRET: randomBytes(32).toString("base64"),
    SESSION_KEY: randomBytes(32).toString("base64"),
  };
  const args = ["--email", "You@example.org", "--name", "You"];
  const made = await createAdmin(args, "a password of mine\n", environment);
  expect(made).toMatchObject({ code: 0, stdout: "you@example.org can sign in as an admin.\n" });
  const again = await createAdmin(args, "another password\n", environment);
  expect(again).toMatchObject({ code: 1, stdout: "", stderr: expect.stringContaining("has a login already") });
  await withServices(async ({ users, signIn }) => {
    expect(await users.list()).toMatchObject([{ email: "you@example.org", name: "You", role: "admin" }]);
    const you = { email: "you@example.org", code: null, address: "192.0.2.1", device: null, userAgent: "" };
    expect(await signIn.check({ ...you, password: "a password of mine" })).toMatchObject({ result: "right" });
    expect(await signIn.check({ ...you, password: "another password" })).toEqual({ result: "wrong" });
  }, environment);
});
