import { z } from "zod";
import { serialNumber } from "./id.ts";

/** Who acts: a person for themselves, an admin on what is another's or everyone's, a program by its key, or Herald itself. */
export const ActorKind = z.enum(["user", "admin", "api_key", "system"]);
export type ActorKind = z.infer<typeof ActorKind>;

/** What an act is done to. */
export const AuditTarget = z.enum(["user", "api_key", "bot", "session", "api_pair", "chat"]);
export type AuditTarget = z.infer<typeof AuditTarget>;

/** A page of the audit, newest first; `before` is the last id of the page before it, `userId` the tenant it is about. */
export const AuditListInput = z
  .object({
    before: serialNumber("`before` is the id of an audit entry.").nullable().default(null),
    userId: z.uuid().nullable().default(null),
    limit: z.number().int().min(1).max(200).default(50),
  })
  .prefault({});
export type AuditListInput = z.infer<typeof AuditListInput>;

/** One act. `before` and `after` hold what it changed, and no secret: of a secret they say that it was changed. */
export const AuditEntryDto = z.object({
  id: z.string(),
  at: z.iso.datetime(),
  actor: z.object({
    kind: ActorKind,
    /** the person; null for Herald itself */
    id: z.string().nullable(),
    /** as it was at that time */
    name: z.string(),
    /** when a program acted: by which key */
    apiKeyId: z.string().nullable(),
  }),
  /** `bot.start`, `user.update`, … */
  action: z.string(),
  target: z.object({ kind: AuditTarget, id: z.string() }),
  /** the tenant whom it concerns; null when it concerns all */
  userId: z.string().nullable(),
  before: z.json().nullable(),
  after: z.json().nullable(),
});
export type AuditEntryDto = z.infer<typeof AuditEntryDto>;

/** `next` is the `before` of the following page; null on the last one. */
export const AuditPageDto = z.object({ entries: z.array(AuditEntryDto), next: z.string().nullable() });
export type AuditPageDto = z.infer<typeof AuditPageDto>;
