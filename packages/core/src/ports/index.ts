// What the domain needs from outside, a file a noun. Adapters: packages/db (store, ledger, leases, views, events),
// packages/telegram (gateway), packages/vault (session files and formats), apps/engine (clock, random, hashes, queue, faults).
export type * from "./api-keys.ts";
export type * from "./api-pairs.ts";
export type * from "./bots.ts";
export type * from "./chats.ts";
export type * from "./clock.ts";
export type * from "./cycles.ts";
export type * from "./engines.ts";
export type * from "./events.ts";
export type * from "./fault.ts";
export type * from "./groups.ts";
export type * from "./hashes.ts";
export type * from "./leases.ts";
export type * from "./ledger.ts";
export type * from "./random.ts";
export type * from "./seal.ts";
export type * from "./session-chats.ts";
export type * from "./session-files.ts";
export type * from "./session-reader.ts";
export type * from "./sessions.ts";
export type * from "./sign-ins.ts";
export type * from "./store.ts";
export type * from "./telegram.ts";
export type * from "./users.ts";
export type * from "./views.ts";
