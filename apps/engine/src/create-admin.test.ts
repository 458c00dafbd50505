import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const COMMAND = fileURLToPath(new URL("create-admin.ts", import.meta.url));

/** Runs the command with this standard input, and without a database: what is refused here asks for none. */
const createAdmin = (args: string[], input: string) =>
  new Promise<{ code: number | string | null | undefined; stderr: string }>((resolve) => {
    const child = execFile(process.execPath, [COMMAND, ...args], (error, _, stderr) =>
      resolve({ code: error === null ? 0 : error.code, stderr }),
    );
    child.stdin?.end(input);
  });

test.each([
  ["an empty standard input", ["--email", "you@example.org"], "", 1, "No password was given, so no admin was made."],
  ["an empty line", ["--email", "you@example.org"], "\n", 1, "No password was given, so no admin was made."],
  ["a short password", ["--email", "you@example.org"], "short\n", 2, "10"],
  ["no e-mail address", [], "", 2, "Give the e-mail address: "],
  ["an option that there is not", ["--mail", "you@example.org"], "", 2, "Give the e-mail address: "],
])("%s is refused with what to do", async (_, args, input, code, says) => {
  const refused = await createAdmin(args, input);
  expect(refused).toEqual({ code, stderr: expect.stringContaining(says) });
  expect(refused.stderr).not.toContain("Warning");
});
