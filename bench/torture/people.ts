import { randomBytes } from "node:crypto";
import { type AppRouter, TOKEN_AUDIENCE, TOKEN_ISSUER } from "@herald/api";
import type { Plan } from "@herald/contract";
import { ensureAdmin } from "@herald/db";
import { telethonString } from "@herald/engine/testing";
import type { Account } from "@herald/telegram-emulator";
import { createTRPCClient, httpLink, type TRPCClient } from "@trpc/client";
import { SignJWT } from "jose";

/** A call to an engine that hangs is given up after this. Milliseconds. */
const CALL_TIMEOUT_MS = 15_000;
const NOWHERE = "http://engine.invalid";

/** Someone with a login, who speaks to whichever engine `engineUrl` names at that moment. */
export interface Person {
  id: string;
  api: TRPCClient<AppRouter>;
}

export class People {
  readonly #secret: string;
  readonly #engineUrl: () => string;

  /**
   * @param jwtSecret the engines'
   * @param engineUrl asked at every call; throws when no engine can be spoken to
   */
  constructor(jwtSecret: string, engineUrl: () => string) {
    this.#secret = jwtSecret;
    this.#engineUrl = engineUrl;
  }

  person(id: string): Person {
    const token = () =>
      new SignJWT()
        .setProtectedHeader({ alg: "HS256" })
        .setSubject(id)
        .setIssuer(TOKEN_ISSUER)
        .setAudience(TOKEN_AUDIENCE)
        .setIssuedAt()
        .setExpirationTime("1 minute")
        .sign(new TextEncoder().encode(this.#secret));
    const link = httpLink({
      url: NOWHERE,
      headers: async () => ({ authorization: `Bearer ${await token()}` }),
      fetch: (address, options) =>
        fetch(String(address).replace(NOWHERE, `${this.#engineUrl()}/trpc`), {
          ...(options as RequestInit),
          signal: AbortSignal.timeout(CALL_TIMEOUT_MS),
        }),
    });
    return { id, api: createTRPCClient<AppRouter>({ links: [link] }) };
  }

  /** The first admin, who never signs in by password. */
  async admin(databaseUrl: string): Promise<Person> {
    const { id } = await ensureAdmin(databaseUrl, { email: "admin@example.org", name: "Admin", passwordHash: "none" });
    return this.person(id);
  }

  async create(admin: Person, name: string, plan: Plan): Promise<Person> {
    const email = `${name}@example.org`;
    const password = randomBytes(12).toString("hex");
    const { id } = await admin.api.users.create.mutate({ email, name, password, plan });
    return this.person(id);
  }
}

/** Puts the accounts into the pool, with seats on API pairs for all. */
export async function fillPool(admin: Person, accounts: readonly Account[]): Promise<void> {
  for (let apiId = 1; apiId <= Math.ceil(accounts.length / 7); apiId++)
    await admin.api.apiPairs.add.mutate({ apiId, apiHash: randomBytes(16).toString("hex") });
  const files = accounts.map((account) => ({
    name: `${account.id}.txt`,
    content: Buffer.from(telethonString(account)).toString("base64"),
  }));
  const results = await admin.api.sessions.upload.mutate({ files });
  const refused = results.filter((result) => result.status === "refused");
  if (refused.length > 0) throw new Error(`sessions were refused: ${JSON.stringify(refused)}`);
}
