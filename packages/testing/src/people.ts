import { randomBytes } from "node:crypto";
import { type AppRouter, TOKEN_AUDIENCE, TOKEN_ISSUER } from "@herald/api";
import type { Plan } from "@herald/contract";
import type { Account } from "@herald/telegram-emulator";
import { createTRPCClient, httpLink, type TRPCClient } from "@trpc/client";
import { SignJWT } from "jose";
import type { EngineUnderTest } from "./engine.ts";
import type { SignIn } from "./sign-in.ts";

type Client = TRPCClient<AppRouter>;

/** What speaks to the engine, with somebody's credentials or with none. */
export interface Caller {
  api: Client;
  /** @param path what follows the engine's address, with its slash */
  request(path: string, init?: RequestInit): Promise<Response>;
  /** Sends a session file. */
  upload(name: string, content: string | Uint8Array<ArrayBuffer>): Promise<Response>;
}

/** Someone with a login, and what speaks for them. They sign in when they first need it. */
export interface Person extends Caller {
  id: string;
  token(): Promise<string>;
  /** With the next call, as somebody does whose sign-in was ended. */
  signInAgain(): void;
}

/** With which all of them sign in. */
export const PASSWORD = "a password for tests";
/** A call to an engine that hangs is given up after this. Milliseconds. */
const CALL_TIMEOUT_MS = 15_000;
/** Accounts that an API pair gets at most. */
const ACCOUNTS_PER_PAIR = 7;
/** Files that are sent side by side. */
const UPLOADS_AT_ONCE = 5;
const NOWHERE = "http://engine.invalid";

/** A Telethon string of an account of the emulator, as an admin would upload it. */
export function telethonString(account: Account): string {
  const address = Buffer.from([2, 127, 0, 0, 1, 0, 80]);
  return `1${Buffer.concat([address, account.authKey()]).toString("base64url")}`;
}

/** Those who use a Herald: they speak to whichever engine `engineUrl` names at that moment. */
export class People {
  readonly #secret: string;
  readonly #engineUrl: () => string;
  readonly #signIn: SignIn;
  #users = 0;
  #pairs = 0;

  /**
   * @param jwtSecret the engines'
   * @param engineUrl asked at every call; throws when no engine can be spoken to
   */
  constructor(jwtSecret: string, engineUrl: () => string, signIn: SignIn) {
    this.#secret = jwtSecret;
    this.#engineUrl = engineUrl;
    this.#signIn = signIn;
  }

  /** Whoever has this id. */
  person(id: string): Person {
    let signIn: string | null = null;
    const token = async () => {
      signIn ??= await this.#signIn(id);
      return new SignJWT(signIn === null ? {} : { sid: signIn })
        .setProtectedHeader({ alg: "HS256" })
        .setSubject(id)
        .setIssuer(TOKEN_ISSUER)
        .setAudience(TOKEN_AUDIENCE)
        .setIssuedAt()
        .setExpirationTime("1 minute")
        .sign(new TextEncoder().encode(this.#secret));
    };
    const signInAgain = () => {
      signIn = null;
    };
    return { id, token, signInAgain, ...this.caller(async () => `Bearer ${await token()}`) };
  }

  /**
   * Whoever sends this with each request.
   * @param authorization asked at every call; null: no such header
   */
  caller(authorization: () => Promise<string | null>): Caller {
    const request = async (path: string, init: RequestInit = {}) => {
      const headers = new Headers(init.headers);
      const credentials = await authorization();
      if (credentials !== null) headers.set("authorization", credentials);
      const signal = AbortSignal.timeout(CALL_TIMEOUT_MS);
      return fetch(`${this.#engineUrl()}${path}`, { ...init, headers, signal });
    };
    const link = httpLink({
      url: NOWHERE,
      fetch: (address, options) => request(String(address).replace(NOWHERE, "/trpc"), options as RequestInit),
    });
    const upload = (name: string, content: string | Uint8Array<ArrayBuffer>) =>
      request(`/api/sessions/upload?${new URLSearchParams({ name })}`, {
        method: "POST",
        headers: { "content-type": "application/octet-stream" },
        body: content,
      });
    return { api: createTRPCClient<AppRouter>({ links: [link] }), request, upload };
  }

  /**
   * Makes the first admin as the command `create-admin` does, with no engine at work.
   * @param environment what an engine of this Herald is started with
   */
  async firstAdmin(engine: Pick<EngineUnderTest, "createUser">, environment: NodeJS.ProcessEnv): Promise<Person> {
    const admin = { ...this.#newcomer("Admin"), role: "admin", plan: null } as const;
    const { id } = await engine.createUser(admin, environment);
    return this.person(id);
  }

  /** A user whom the admin creates. */
  async user(admin: Person, plan: Plan): Promise<Person> {
    const { id } = await admin.api.users.create.mutate({ ...this.#newcomer(`User ${++this.#users}`), plan });
    return this.person(id);
  }

  #newcomer(name: string) {
    const email = `${name.replace(" ", "").toLowerCase()}@example.org`;
    return { email, name, password: PASSWORD };
  }

  /** Puts the accounts into the pool, with seats on API pairs for all. */
  async fillPool(admin: Person, accounts: readonly Account[]): Promise<void> {
    for (let index = 0; index < accounts.length; index += ACCOUNTS_PER_PAIR)
      await admin.api.apiPairs.add.mutate({
        apiId: 1000 + ++this.#pairs,
        apiHash: randomBytes(16).toString("hex"),
      });
    const queue = accounts.values();
    const upload = async () => {
      for (const account of queue) {
        const response = await admin.upload(`${account.id}.txt`, telethonString(account));
        const answer = await response.text();
        if (!answer.includes('"status":"added"')) throw new Error(`a session was not added: ${answer}`);
      }
    };
    await Promise.all(Array.from({ length: UPLOADS_AT_ONCE }, upload));
  }
}
