import { z } from "zod";

/** An account of the file: its id, phone or @username. */
const accountRef = z.union([z.number().int(), z.string().min(1)]);

const defaultBannedRights = z
  .strictObject({
    sendMessages: z.boolean(),
    sendPlain: z.boolean(),
    sendMedia: z.boolean(),
    sendPhotos: z.boolean(),
    sendVideos: z.boolean(),
    sendDocs: z.boolean(),
    sendAudios: z.boolean(),
    sendVoices: z.boolean(),
    sendStickers: z.boolean(),
    sendGifs: z.boolean(),
    embedLinks: z.boolean(),
  })
  .partial();

export const bannedRights = defaultBannedRights.extend({ until: z.number().optional() });

const mediaKind = z.enum(["photo", "video", "document", "audio", "voice", "sticker", "gif"]);

const post = z.union([
  z.string(),
  z.strictObject({ text: z.string().default(""), media: mediaKind.optional() }),
  z.strictObject({
    album: z
      .array(z.strictObject({ kind: mediaKind, text: z.string().default("") }))
      .min(2)
      .max(10),
  }),
]);

/** Fields of a chat that can change, in PATCH /chats/:id. */
export const chatSettings = {
  noforwards: z.boolean().optional(),
  slowMode: z.number().int().nonnegative().optional(),
  bannedRights: defaultBannedRights.optional(),
  joinRequests: z.boolean().optional(),
  joinToSend: z.boolean().optional(),
  paidMessageStars: z.number().int().nonnegative().optional(),
};

/** What a basic group becomes, in POST /chats/:id/migrate. */
export const migrationFields = {
  id: z.number().int().positive().optional(),
  username: z.string().optional(),
  ...chatSettings,
};

/** Fields of a chat, in the world file and in POST /chats. */
export const chatFields = {
  id: z.number().int().positive().optional(),
  title: z.string().min(1),
  username: z.string().optional(),
  members: z.array(accountRef).default([]),
  admins: z.array(accountRef).default([]),
  kicked: z.array(accountRef).default([]),
  restricted: z.array(z.strictObject({ account: accountRef, rights: bannedRights })).default([]),
  posts: z.array(post).default([]),
  topics: z
    .array(
      z.strictObject({
        id: z.number().int().positive().optional(),
        title: z.string(),
        closed: z.boolean().optional(),
        deleted: z.boolean().optional(),
      }),
    )
    .optional(),
  ...chatSettings,
  invites: z
    .array(
      z.strictObject({
        hash: z.string().optional(),
        expired: z.boolean().optional(),
        requests: z.boolean().optional(),
      }),
    )
    .default([]),
};

const chat = z.strictObject(chatFields);

export const accountFields = {
  id: z.number().int().positive().optional(),
  phone: z.string(),
  firstName: z.string().optional(),
  lastName: z.string().optional(),
  username: z.string().optional(),
  twoFa: z.string().optional(),
  loginCode: z.string().optional(),
  dc: z.number().int().optional(),
};

const account = z.strictObject({
  ...accountFields,
  status: z.enum(["active", "banned", "deactivated", "frozen"]).default("active"),
  limit: z.enum(["PEER_FLOOD", "USER_BANNED_IN_CHANNEL"]).optional(),
});

export const floodRule = z.strictObject({
  methods: z.array(z.string()).min(1),
  capacity: z.number().positive(),
  refillPerSecond: z.number().positive(),
  waitSeconds: z.number().int().positive().optional(),
});

/** Settings of the world as a whole, in the world file and in PATCH /world. */
export const worldSettings = {
  repeatedRandomIds: z.enum(["message", "RANDOM_ID_DUPLICATE"]).optional(),
  peerFloodAfterIgnoredWaits: z.number().int().positive().optional(),
};

export const worldFile = z.strictObject({
  seed: z.number().int().optional(),
  dc: z.number().int().positive().optional(),
  accounts: z.array(account).default([]),
  channels: z.array(chat).default([]),
  supergroups: z.array(chat).default([]),
  basicGroups: z.array(chat).default([]),
  /** Only these API ids are accepted; without any, every id is. */
  apiIds: z.array(z.strictObject({ id: z.number().int(), hash: z.string() })).default([]),
  flood: z.array(floodRule).default([]),
  ...worldSettings,
});

export type WorldSettings = Pick<z.output<typeof worldFile>, keyof typeof worldSettings>;
export type WorldFile = z.output<typeof worldFile>;
export type ChatEntry = z.output<typeof chat>;
export type AccountRef = z.output<typeof accountRef>;
