// Row → domain type. No Prisma type leaves this package.
import { OutcomeKind, type Plan } from "@herald/contract";
import type { ApiKey, Bot, Cycle, Delivery, Group, Session, SignIn, User } from "@herald/core";
import type * as Row from "./generated/client.ts";

type UserRow = Omit<Row.User, "passwordHash">;

export const toPlan = (row: Pick<Row.User, "planType" | "maxSessions" | "maxGroups" | "planExpiresAt">): Plan | null =>
  row.planType === null || row.maxSessions === null || row.maxGroups === null
    ? null
    : {
        type: row.planType,
        maxSessions: row.maxSessions,
        maxGroups: row.maxGroups,
        expiresAt: row.planExpiresAt?.toISOString() ?? null,
      };

/** The columns of a plan, all set or all empty. */
export const fromPlan = (plan: Plan | null) => ({
  planType: plan?.type ?? null,
  maxSessions: plan?.maxSessions ?? null,
  maxGroups: plan?.maxGroups ?? null,
  planExpiresAt: plan?.expiresAt ? new Date(plan.expiresAt) : null,
});

export const toUser = (row: UserRow): User => ({
  id: row.id,
  email: row.email,
  name: row.name,
  role: row.role,
  plan: toPlan(row),
  disabled: row.disabled,
  timeZone: row.timeZone,
  createdAt: row.createdAt,
});

export const toSignIn = (row: Row.SignIn): SignIn => ({
  id: row.id,
  userId: row.userId,
  createdAt: row.createdAt,
  lastSeenAt: row.lastSeenAt,
  expiresAt: row.expiresAt,
  endedAt: row.endedAt,
  userAgent: row.userAgent,
  address: row.address,
});

export const toApiKey = (row: Omit<Row.ApiKey, "hash">): ApiKey => ({
  id: row.id,
  userId: row.userId,
  name: row.name,
  prefix: row.prefix,
  hint: row.hint,
  scopes: row.scopes,
  createdAt: row.createdAt,
  expiresAt: row.expiresAt,
  lastUsedAt: row.lastUsedAt,
  revokedAt: row.revokedAt,
});

/** What {@link toBot} reads with the row: the post that cycles post. */
export const WITH_POST = { posts: { where: { position: 0 } } } as const;

export const toBot = ({ posts: [post], ...row }: Row.Bot & { posts: Row.Post[] }): Bot => ({
  ...row,
  post: post === undefined ? null : { id: post.id, type: post.kind, content: post.content },
});

export const toGroup = (row: Row.Group): Group => ({
  id: row.id,
  botId: row.botId,
  userId: row.userId,
  reference: row.reference,
  position: row.position,
  title: row.title,
  chatId: row.chatId?.toString() ?? null,
  topicId: row.topicId,
  state: row.state,
  reason: row.reason,
  code: row.code,
});

export const toSession = (row: Row.Session): Session => ({
  id: row.id,
  label: row.label,
  fileName: row.fileName,
  username: row.username,
  phoneMasked: row.phoneMasked,
  telegramUserId: row.telegramUserId?.toString() ?? null,
  place: row.place,
  userId: row.userId,
  apiPairId: row.apiPairId,
  restingUntil: row.restingUntil,
  lookupsWaitUntil: row.lookupsWaitUntil,
  needsAdmin: row.needsAdmin,
  reason: row.reason,
  code: row.code,
  addedAt: row.addedAt,
  bannedAt: row.bannedAt,
  lastUsedAt: row.lastUsedAt,
});

export const toCycle = (row: Row.Cycle): Cycle => ({
  id: row.id,
  botId: row.botId,
  userId: row.userId,
  number: row.number,
  state: row.state,
  epoch: row.epoch,
  executionMode: row.executionMode,
  postId: row.postId,
  post: { type: row.postType, content: row.postContent },
  delayBetweenPosts: row.delayBetweenPosts,
  totalCycleMinutes: row.totalCycleMinutes,
  startedAt: row.startedAt,
  endedAt: row.endedAt,
});

/** Text in the database, where a check holds it to the same words. */
export const toOutcome = OutcomeKind.nullable().parse;

export const toDelivery = (row: Row.Delivery): Delivery => ({
  id: row.id.toString(),
  cycleId: row.cycleId,
  sessionId: row.sessionId,
  groupId: row.groupId,
  plannedAt: row.plannedAt,
  randomId: row.randomId,
  state: row.state,
  outcome: toOutcome(row.outcome),
  code: row.code,
  messageId: row.messageId,
  attempts: row.attempts,
  triedAt: row.triedAt,
});
