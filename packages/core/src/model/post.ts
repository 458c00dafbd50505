import type { Post } from "@herald/contract";

/** Whether two posts say the same; null: none is set. */
export const samePost = (one: Post | null, other: Post | null): boolean =>
  one?.type === other?.type && one?.content === other?.content;
