import { z } from "zod";
import { RowId } from "./id.ts";
import { line } from "./text.ts";

/** Sessions that one API pair holds unless its own setting says otherwise (seeds: "MAX 7 sessions"). */
export const DEFAULT_API_PAIR_CAPACITY = 7;

const LABEL_RULE = "A label has at most 60 characters.";
const HASH_RULE = "The api_hash has 32 hexadecimal digits: copy it from my.telegram.org.";

export const ApiPairAddInput = z.object({
  apiId: z.number("The api_id is a number.").int().positive("The api_id is a positive number.").max(2_147_483_647),
  apiHash: z
    .string()
    .trim()
    .max(32, { error: HASH_RULE, abort: true })
    .regex(/^[0-9a-f]{32}$/i, HASH_RULE),
  label: line().max(60, LABEL_RULE).optional(),
  capacity: z.number().int().min(1).max(100).default(DEFAULT_API_PAIR_CAPACITY),
});
export type ApiPairAddInput = z.infer<typeof ApiPairAddInput>;

export const ApiPairUpdateInput = z.object({
  id: RowId,
  label: line().max(60, LABEL_RULE).optional(),
  capacity: z.number().int().min(1).max(100).optional(),
});
export type ApiPairUpdateInput = z.infer<typeof ApiPairUpdateInput>;

/** The hash never leaves the engine. `seats` are the labels of the sessions that hold it. */
export const ApiPairDto = z.object({
  id: z.string(),
  apiId: z.number(),
  label: z.string().nullable(),
  capacity: z.number(),
  used: z.number(),
  seats: z.array(
    z.object({ sessionId: z.string(), label: z.string(), state: z.enum(["unused", "assigned", "resting", "banned"]) }),
  ),
  addedAt: z.iso.datetime(),
});
export type ApiPairDto = z.infer<typeof ApiPairDto>;

export const ApiPairIdInput = z.object({ id: RowId });
