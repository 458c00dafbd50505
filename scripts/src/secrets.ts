import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { Passwords } from "./database.ts";

/** What is made on the first start where nobody gives it: 256 bits each, in base64. */
const MADE = ["NEXTAUTH_SECRET", "ENGINE_JWT_SECRET", "SESSION_KEY"] as const;

/** Secrets by the variable that they stand in for. */
export type Secrets = Record<string, string>;
const Kept = z.record(z.string(), z.string());

const random = () => randomBytes(32).toString("base64");

/** Where the secrets that Herald makes by itself are kept, for its owner's eyes alone. */
export const secretsFile = (state: string): string => join(state, "secrets.json");

/** @throws Error that shows none of the content, when the file is damaged */
export function keptSecrets(state: string): Secrets {
  const file = secretsFile(state);
  if (!existsSync(file)) return {};
  try {
    return Kept.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch (error) {
    const why = error instanceof Error && "code" in error ? `cannot be read (${error.code})` : "is damaged";
    throw new Error(
      `${file} ${why}. It holds the SESSION_KEY that the accounts are sealed with: restore it from a backup.`,
    );
  }
}

/** What the apps are given of it: what was given, else what is kept; what is missing is made and kept. */
export function makeSecrets(state: string, given: Readonly<Record<string, string>>): Secrets {
  const missing = MADE.filter((name) => given[name] === undefined);
  const wanted: string[] = [...MADE, "SESSION_KEYS_OLD"];
  const all: Secrets = { ...make(state, missing), ...given };
  return Object.fromEntries(Object.entries(all).filter(([name]) => wanted.includes(name)));
}

/** What opens a PostgreSQL of our own: nobody gives it, it is made and kept. */
export function databasePasswords(state: string): Passwords {
  const [superuser, owner] = ["DATABASE_SUPERUSER_PASSWORD", "DATABASE_OWNER_PASSWORD"] as const;
  const all = make(state, [superuser, owner]);
  return { superuser: all[superuser], owner: all[owner] };
}

/** All that is kept, with these among it: those that are missing are made. */
function make<Name extends string>(state: string, names: readonly Name[]): Secrets & Record<Name, string> {
  const kept = keptSecrets(state);
  const missing = names.filter((name) => kept[name] === undefined);
  const all = { ...kept, ...Object.fromEntries(missing.map((name) => [name, random()])) };
  if (missing.length > 0) keep(state, all);
  return all as Secrets & Record<Name, string>;
}

/**
 * Makes a SESSION_KEY in the place of the kept one, which from now on is among SESSION_KEYS_OLD. Engines that run do not know it
 * until they start again.
 * @param used what the engines are started with
 * @throws Error when that does not come from the file
 */
export function renewSessionKey(state: string, used: Readonly<Secrets>): void {
  const kept = keptSecrets(state);
  const { SESSION_KEY: former, SESSION_KEYS_OLD: old } = kept;
  if (former === undefined || used.SESSION_KEY !== former || used.SESSION_KEYS_OLD !== old)
    throw new Error(
      "SESSION_KEY or SESSION_KEYS_OLD is set in the environment or in .env, so it is changed there: put what is SESSION_KEY now into SESSION_KEYS_OLD, and a new one (openssl rand -base64 32) into SESSION_KEY. Nothing was changed.",
    );
  keep(state, { ...kept, SESSION_KEY: random(), SESSION_KEYS_OLD: old === undefined ? former : `${former},${old}` });
}

/** In one step: whoever reads it meanwhile, or is killed, has the former ones or these. */
function keep(state: string, secrets: Secrets): void {
  mkdirSync(state, { recursive: true });
  const file = secretsFile(state);
  const next = `${file}.next`;
  writeFileSync(next, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600 });
  renameSync(next, file);
}
