import type { Facts } from "@herald/core";

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Ids are opaque to callers: one that cannot be ours names no row, and is not an error. */
export const isId = (id: string): boolean => ID.test(id);

/** PostgreSQL stores neither NUL nor half a surrogate pair, and titles on Telegram may hold both. */
export const storable = (text: string): string => text.replaceAll("\0", "").toWellFormed();

/** The same facts with every text in them storable. */
export const storableFacts = (facts: Facts): Facts =>
  JSON.parse(JSON.stringify(facts), (_key, value) => (typeof value === "string" ? storable(value) : value));
