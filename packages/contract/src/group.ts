import { z } from "zod";
import { RowId } from "./id.ts";
import { line } from "./text.ts";
import { GroupState } from "./vocabulary.ts";

/** Lines as pasted, one a group; blank lines are passed over. All or nothing: one bad line refuses the whole paste. */
export const GroupsAddInput = z.object({
  lines: z
    .array(line().max(200, "A line has at most 200 characters."))
    .min(1, "Paste at least one group.")
    .max(5000, "Paste at most 5,000 groups at a time."),
});
export type GroupsAddInput = z.infer<typeof GroupsAddInput>;

export const GroupsRemoveInput = z.object({ ids: z.array(RowId).min(1).max(5000) });
export type GroupsRemoveInput = z.infer<typeof GroupsRemoveInput>;

export const GroupDto = z.object({
  id: z.string(),
  reference: z.string(),
  title: z.string().nullable(),
  /** marked Telegram chat id, as a decimal string; null until a session has resolved it */
  chatId: z.string().nullable(),
  state: GroupState,
  /** why it is retired, or why every account is refused there for now, in plain words */
  reason: z.string().nullable(),
  /** when an active group that refuses every account is asked again; null: it does not, or with the next post */
  askedAgainAt: z.iso.datetime().nullable(),
  code: z.string().nullable(),
  lastSentAt: z.iso.datetime().nullable(),
  sent: z.number(),
  failed: z.number(),
});
export type GroupDto = z.infer<typeof GroupDto>;

export const GroupsAddedDto = z.object({ added: z.number(), alreadyThere: z.number(), groups: z.array(GroupDto) });
export type GroupsAddedDto = z.infer<typeof GroupsAddedDto>;
