// Makes the first admin of a real installation: pnpm run create-admin -- --email you@example.org --name You
// The password is asked for, or taken from standard input when that is not a terminal.
import { once } from "node:events";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { MIN_PASSWORD_LENGTH, UserCreateInput } from "@herald/contract";
import { withServices } from "./with-services.ts";

const USAGE = "Give the e-mail address: npx --yes pnpm@12.21.0 run create-admin -- --email you@example.org --name You";

const values = readOptions();
if (values.email === undefined) {
  console.error(USAGE);
  process.exit(2);
}
const password = await askForPassword();
if (password === "") {
  console.error(
    "No password was given, so no admin was made. Type one, or pass it on standard input, on a line of its own.",
  );
  process.exit(1);
}
const input = UserCreateInput.safeParse({ email: values.email, name: values.name, password, role: "admin" });
if (!input.success) {
  console.error(input.error.issues[0]?.message);
  process.exit(2);
}
try {
  await withServices((services) => services.users.create({ kind: "system", name: "create-admin" }, input.data));
  console.log(`${input.data.email} can sign in as an admin.`);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

function readOptions() {
  try {
    return parseArgs({ options: { email: { type: "string" }, name: { type: "string", default: "Admin" } } }).values;
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n${USAGE}`);
    process.exit(2);
  }
}

/** The first line of standard input; empty when there is none. */
async function askForPassword(): Promise<string> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  lines.setPrompt(`Password (at least ${MIN_PASSWORD_LENGTH} characters): `);
  lines.prompt();
  const [line] = await Promise.race([once(lines, "line"), once(lines, "close")]);
  lines.close();
  return line ?? "";
}
