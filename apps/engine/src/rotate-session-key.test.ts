import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { fileURLToPath } from "node:url";
import { telethonString } from "@herald/testing/people";
import type { Stack } from "@herald/testing/stack";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startStack } from "./testing/stack.ts";
import { withServices } from "./with-services.ts";

const system = { kind: "system", name: "tests" } as const;
const COMMAND = fileURLToPath(new URL("rotate-session-key.ts", import.meta.url));

let stack: Stack;
beforeAll(async () => {
  stack = await startStack();
});
afterAll(() => stack[Symbol.asyncDispose]());

const rotate = (env: NodeJS.ProcessEnv) =>
  new Promise<{ code: number | string | null | undefined; stdout: string; stderr: string }>((resolve) =>
    execFile(process.execPath, [COMMAND], { env }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : error.code, stdout, stderr }),
    ),
  );

test("what the former key sealed is sealed anew, once; without that key it is named and stays as it was", async () => {
  const former = stack.environment("rotation");
  await withServices(async (services) => {
    await services.apiPairs.add(system, { apiId: 1234, apiHash: "0".repeat(32), label: "", capacity: 7 });
    const account = stack.emulator.world.account({ phone: "+99969000001" });
    const content = Buffer.from(telethonString(account)).toString("base64");
    expect(await services.sessions.upload(system, { files: [{ name: "a.txt", content }] })).toMatchObject([
      { checked: true },
    ]);
  }, former);
  const SESSION_KEY = randomBytes(32).toString("base64");

  const keyless = await rotate({ ...former, SESSION_KEY });
  expect(keyless).toMatchObject({ code: 1, stdout: expect.stringContaining("0 sealed") });
  expect(keyless.stderr.match(/sealed with the key [0-9a-f]{8}, which is neither/g)).toHaveLength(2);
  expect(keyless.stderr).not.toContain(former.SESSION_KEY);

  const both = { ...former, SESSION_KEY, SESSION_KEYS_OLD: ` ${former.SESSION_KEY} ,` };
  expect(await rotate(both)).toMatchObject({ code: 0, stdout: expect.stringContaining("2 sealed with") });
  for (const env of [both, { ...former, SESSION_KEY }])
    expect(await rotate(env)).toMatchObject({ code: 0, stdout: expect.stringContaining("0 sealed with") });
});
