import type { Services } from "@herald/engine/with-services";
import type { Account, World } from "@herald/telegram-emulator";

export const logins = [
  { label: "Demo user", email: "user@herald.example", password: "user-of-the-demo" },
  { label: "Demo admin", email: "admin@herald.example", password: "admin-of-the-demo" },
] as const;
const [user, admin] = logins;
const demo = { kind: "system", name: "demo" } as const;

const NAME = "Corner Bakery";
const PAIR = { apiId: 10_001, apiHash: "0123456789abcdef0123456789abcdef", label: "Demo", capacity: 7 };
const POST = { type: "link", content: "https://t.me/corner_bakery/1" } as const;

/** A Telethon string session of an account of the emulator: what an admin would paste. */
function telethonString(account: Account): string {
  const address = Buffer.from([2, 127, 0, 0, 1, 0, 80]);
  return `1${Buffer.concat([address, account.authKey()]).toString("base64url")}`;
}

/**
 * Fills an empty database with the demo: a user and an admin, an API pair, the accounts of `world`, its supergroups as
 * groups, and a post. One that was broken off is completed. The admin comes last: with them, or with anybody else who is not
 * the demo's user, it is somebody's by now, and stays as it is.
 *
 * @throws Error naming the account that was not added
 */
export async function fillDemo(services: Services, world: World): Promise<void> {
  const users = await services.users.list();
  if (users.some(({ email }) => email !== user.email)) return;
  const plan = { type: "ENTERPRISE", maxSessions: 4, maxGroups: 50, expiresAt: null } as const;
  const { id } =
    users[0] ??
    (await services.users.create(demo, { email: user.email, name: NAME, password: user.password, role: "user", plan }));

  const pairs = await services.apiPairs.list();
  if (pairs.every(({ apiId }) => apiId !== PAIR.apiId)) await services.apiPairs.add(demo, PAIR);

  for (const account of world.accounts.values()) {
    const file = { name: `${account.username}.txt`, content: Buffer.from(telethonString(account)) };
    const result = await services.sessions.upload(demo, file);
    if (result.status !== "added" && result.code !== "session_known")
      throw new Error(`an account of the demo was not added: ${JSON.stringify(result)}`);
  }

  const owner = { kind: "user", id, name: NAME } as const;
  const groups = [...world.chats.values()].filter(({ kind }) => kind === "supergroup");
  await services.groups.add(
    owner,
    groups.map(({ username }) => `@${username}`),
  );
  await services.bots.configure(owner, { post: POST });

  await services.users.create(demo, {
    email: admin.email,
    name: "Ada",
    password: admin.password,
    role: "admin",
    plan: null,
  });
}
