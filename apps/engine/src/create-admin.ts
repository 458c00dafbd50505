// Makes the first admin of a real installation: pnpm run create-admin -- --email you@example.org --name You
// The password is asked for, or taken from standard input when that is not a terminal.
import { createInterface } from "node:readline/promises";
import { parseArgs } from "node:util";
import { UserCreateInput } from "@herald/contract";
import { withServices } from "./with-services.ts";

const { values } = parseArgs({ options: { email: { type: "string" }, name: { type: "string", default: "Admin" } } });
if (values.email === undefined) {
  console.error("Give the e-mail address: pnpm run create-admin -- --email you@example.org --name You");
  process.exit(2);
}
const lines = createInterface({ input: process.stdin, output: process.stderr });
const password = await lines.question("Password (at least 10 characters): ");
lines.close();
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
