// Fills an empty database with the demo: an admin and a user, an API pair, the accounts of world.yaml, groups and a
// post. Run again it changes nothing. Prints the logins as JSON.
import { readFileSync } from "node:fs";
import { withServices } from "@herald/engine/with-services";
import { deterministicAuthKey } from "@herald/telegram-emulator";
import { parse } from "yaml";

const logins = [
  { label: "Demo user", email: "user@herald.example", password: "user-of-the-demo" },
  { label: "Demo admin", email: "admin@herald.example", password: "admin-of-the-demo" },
] as const;
const [user, admin] = logins;
const demo = { kind: "system", name: "demo" } as const;

/** The seed that the emulator derives its auth keys from. */
const WORLD_SEED = 1;
const POST = { type: "link", content: "https://t.me/corner_bakery/1" } as const;

interface DemoWorld {
  accounts: Array<{ id: number; username: string }>;
  supergroups: Array<{ username: string }>;
}

/** A Telethon string session of an account of the emulator: what an admin would paste. */
function telethonString(accountId: number): string {
  const address = Buffer.from([2, 127, 0, 0, 1, 0, 80]);
  const key = deterministicAuthKey(WORLD_SEED, accountId, 0);
  return `1${Buffer.concat([address, key]).toString("base64").replaceAll("+", "-").replaceAll("/", "_")}`;
}

const world: DemoWorld = parse(readFileSync(new URL("../world.yaml", import.meta.url), "utf8"));
await withServices(async (services) => {
  if ((await services.users.list()).length > 0) return;
  await services.users.create(demo, {
    email: admin.email,
    name: "Ada",
    password: admin.password,
    role: "admin",
    plan: null,
  });
  const { id } = await services.users.create(demo, {
    email: user.email,
    name: "Corner Bakery",
    password: user.password,
    role: "user",
    plan: { type: "ENTERPRISE", maxSessions: 4, maxGroups: 50, expiresAt: null },
  });
  await services.apiPairs.add(demo, {
    apiId: 10_001,
    apiHash: "0123456789abcdef0123456789abcdef",
    label: "Demo",
    capacity: 7,
  });
  const uploaded = await services.sessions.upload(demo, {
    files: world.accounts.map(({ id: accountId, username }) => ({
      name: `${username}.txt`,
      content: Buffer.from(telethonString(accountId)).toString("base64"),
    })),
  });
  const missing = uploaded.filter((result) => result.status !== "added");
  if (missing.length > 0) throw new Error(`the demo's accounts were not added: ${JSON.stringify(missing)}`);
  const owner = { kind: "user", id, name: "Corner Bakery" } as const;
  await services.groups.add(
    owner,
    world.supergroups.map(({ username }) => `@${username}`),
  );
  await services.bots.configure(owner, { post: POST });
});
process.stdout.write(`${JSON.stringify(logins)}\n`);
