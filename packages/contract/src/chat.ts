import { z } from "zod";
import { parseMarkedId } from "./marked-id.ts";
import { freeText } from "./text.ts";

/** A Telegram chat seen across all users. `id` is the marked id as a decimal string. */
export const ChatDto = z.object({
  id: z.string(),
  title: z.string(),
  /** seconds between two posts of anyone; null: the default */
  cooldownSeconds: z.number().nullable(),
  optedOut: z.boolean(),
  /** who put it on the opt-out list, when, and how it is known that its owner wants it; null when it is not there */
  optOut: z.object({ at: z.iso.datetime(), by: z.string(), proof: z.string().nullable() }).nullable(),
  /** how many users post there */
  users: z.number(),
  lastSentAt: z.iso.datetime().nullable(),
});
export type ChatDto = z.infer<typeof ChatDto>;

const ID_RULE = "A chat id looks like -1001234567890.";

/** Changes what holds for a chat. One that nobody has posted to yet may be named too: an owner may opt out ahead of time. */
export const ChatUpdateInput = z.object({
  id: z
    .string()
    .max(17, { error: ID_RULE, abort: true })
    .refine((id) => parseMarkedId(id) !== undefined, ID_RULE),
  cooldownSeconds: z
    .number()
    .int("Give whole seconds.")
    .min(0, "At least 0 seconds.")
    .max(7 * 24 * 3600, "At most 7 days.")
    .nullable()
    .optional(),
  optedOut: z.boolean().optional(),
  /**
   * How it is known that the owner wants it: a link to what they wrote, or their words. Takes the place of the proof that an
   * opted-out chat has; refused for one that is not opted out, or is not any more.
   */
  proof: freeText().trim().max(2000, "At most 2,000 characters.").nullish(),
  /** the id is meant as it stands, though a known chat's id differs from it by -100 alone */
  exactId: z.boolean().optional(),
});
export type ChatUpdateInput = z.infer<typeof ChatUpdateInput>;

/** The chats, and the cool-down of those that have none of their own, in seconds. */
export const ChatListDto = z.object({ chats: z.array(ChatDto), defaultCooldownSeconds: z.number() });
export type ChatListDto = z.infer<typeof ChatListDto>;
