import type { User } from "./domain.ts";

/** Someone with a login, or a program that speaks for them. `id` is the person's; `name` as it is now, for the audit. */
export type Person =
  /** for themselves */
  | { kind: "user"; id: string; name: string }
  /** on what is another's, or everyone's */
  | { kind: "admin"; id: string; name: string }
  | { kind: "api_key"; id: string; name: string; keyId: string };

/** Who does something. Every service that changes anything takes one, and the audit keeps it. */
export type Actor = Person | { kind: "system"; name: string };

/** Herald itself, while it posts. */
export const ENGINE: Actor = { kind: "system", name: "engine" };

/** By what somebody is let in; `expiresAt` is when that ends by itself, null: never. */
export interface Credential {
  kind: "sign_in" | "api_key";
  id: string;
  expiresAt: Date | null;
}

/** Who a request comes from: a person on the pages, or a program with their key. */
export interface Identity {
  user: User;
  credential: Credential;
}

/** The actor behind a request. `as` admin: by an admin's right, and not for themselves. */
export function actorOf({ user: { id, name }, credential }: Identity, as: "user" | "admin"): Person {
  return credential.kind === "sign_in" ? { kind: as, id, name } : { kind: "api_key", id, name, keyId: credential.id };
}

/** Whether the actor does this to somebody else's: then the one whom it concerns is told that an admin did it. */
export const actsOnAnother = (actor: Actor, userId: string): boolean => actor.kind === "system" || actor.id !== userId;
