import { readFileSync } from "node:fs";
import { parse } from "yaml";
import type { Account } from "./account.ts";
import type { Chat } from "./chat.ts";
import { type AccountRef, type ChatEntry, type WorldFile, type WorldSettings, worldFile } from "./file-schema.ts";
import { World, type WorldOptions } from "./world.ts";

/** A world from a YAML or JSON file. @throws Error that names the file and the wrong entry */
export function readWorldFile(path: string, options: WorldOptions = {}): World {
  const parsed = worldFile.safeParse(parse(readFileSync(path, "utf8")) ?? {});
  if (!parsed.success) {
    const issues = parsed.error.issues.map((issue) => `  ${issue.path.join(".") || "file"}: ${issue.message}`);
    throw new Error(`${path} does not describe a world:\n${issues.join("\n")}`);
  }
  return buildWorld(parsed.data, options);
}

export function buildWorld(file: WorldFile, options: WorldOptions = {}): World {
  const world = new World({
    ...options,
    ...(file.seed !== undefined && { seed: file.seed }),
    ...(file.dc !== undefined && { defaultDc: file.dc }),
  });
  for (const { status, limit, ...entry } of file.accounts) {
    const account = world.account(entry);
    account.status = status;
    if (limit) account.limit(limit);
  }
  for (const entry of file.channels) addChat(world, "channel", entry);
  for (const entry of file.supergroups) addChat(world, "supergroup", entry);
  for (const entry of file.basicGroups) addChat(world, "basicGroup", entry);
  for (const api of file.apiIds) world.apiIds.add(api.id, api.hash);
  for (const rule of file.flood) world.flood.addRule(rule);
  applySettings(world, file);
  return world;
}

/** Sets what is given, and leaves the rest as it is. */
export function applySettings(world: World, settings: WorldSettings): void {
  if (settings.repeatedRandomIds) world.randomIds.repeatsGet = settings.repeatedRandomIds;
  if (settings.peerFloodAfterIgnoredWaits !== undefined)
    world.flood.peerFloodAfterIgnoredWaits = settings.peerFloodAfterIgnoredWaits;
}

/** Adds a chat as the file and the control interface describe it. @throws Error on an unknown account */
export function addChat(world: World, kind: "channel" | "supergroup" | "basicGroup", entry: ChatEntry): Chat {
  const { members, admins, kicked, restricted, posts, invites, ...rest } = entry;
  const options = {
    ...rest,
    members: members.map((ref) => findAccount(world, ref)),
    admins: admins.map((ref) => findAccount(world, ref)),
  };
  const chat = world[kind](options);
  for (const ref of kicked) chat.kick(findAccount(world, ref));
  for (const { account, rights } of restricted) chat.restrict(findAccount(world, account), rights);
  for (const post of posts) {
    if (typeof post === "string") chat.post(post);
    else if ("album" in post) chat.postAlbum(post.album);
    else chat.post(post.text, post.media);
  }
  for (const invite of invites) world.invites.create(chat, invite);
  return chat;
}

function findAccount(world: World, ref: AccountRef): Account {
  const text = String(ref).replace(/^@/, "");
  const named = world.byUsername(text);
  const account = world.accounts.get(Number(text)) ?? (named && "phone" in named ? named : world.accountByPhone(text));
  if (!account) throw new Error(`there is no account ${ref}; name one by its id, phone or username`);
  return account;
}
