import type { Emulator } from "../emulator.ts";
import type { Account } from "../world/account.ts";
import type { Chat, Message } from "../world/chat.ts";
import { addChat, applySettings } from "../world/read-file.ts";
import { ControlError, type ControlRequest } from "./http.ts";
import {
  accessHashBody,
  accountBody,
  chatBody,
  chatSettingsBody,
  disconnectBody,
  faultBody,
  limitBody,
  loginTokenBody,
  memberBody,
  migrateBody,
  pauseBody,
  postBody,
  restrictBody,
  revokeBody,
  worldBody,
} from "./schemas.ts";

type Route = (emulator: Emulator, request: ControlRequest) => unknown | Promise<unknown>;

/** `<METHOD> <path>`, where `:` stands for a variable part. */
export const ROUTES: Readonly<Record<string, Route>> = {
  "GET /dc": (emulator) => ({
    dc: emulator.dc,
    dcs: emulator.dcs,
    rsaPublicKeyPem: emulator.rsaPublicKeyPem,
    rsaFingerprint: emulator.rsaFingerprint,
  }),
  "GET /counters": (emulator) => ({ ...emulator.counters, apiIds: emulator.apiIds() }),
  "GET /process": () => {
    const { user, system } = process.cpuUsage();
    return { cpuSeconds: (user + system) / 1e6, residentBytes: process.memoryUsage.rss() };
  },
  "PATCH /world": async (emulator, request) => {
    applySettings(emulator.world, await request.body(worldBody));
    return {};
  },
  "GET /accounts": (emulator) => [...emulator.world.accounts.values()].map(accountDto),
  "POST /accounts": async (emulator, request) => {
    const body = await request.body(accountBody);
    const account = attempt(() => emulator.world.account(body));
    return { ...accountDto(account), authKey: account.authKey().toString("base64") };
  },
  "POST /accounts/:/ban": (emulator, request) => changed(accountOf(emulator, request), (account) => account.ban()),
  "POST /accounts/:/freeze": (emulator, request) =>
    changed(accountOf(emulator, request), (account) => account.freeze()),
  "POST /accounts/:/deactivate": (emulator, request) =>
    changed(accountOf(emulator, request), (account) => account.deactivate()),
  "POST /accounts/:/restore": (emulator, request) =>
    changed(accountOf(emulator, request), (account) => account.restore()),
  "POST /accounts/:/limit": async (emulator, request) => {
    const { error, forMs } = await request.body(limitBody);
    return changed(accountOf(emulator, request), (account) => account.limit(error, forMs));
  },
  "POST /accounts/:/revoke": async (emulator, request) => {
    const { n, how } = await request.body(revokeBody);
    return changed(accountOf(emulator, request), (account) => account.revokeKey(n, how));
  },
  "GET /chats": (emulator) => [...emulator.world.chats.values()].map(chatDto),
  "POST /chats": async (emulator, request) => {
    const { kind, ...entry } = await request.body(chatBody);
    return chatDto(attempt(() => addChat(emulator.world, kind, entry)));
  },
  "GET /chats/:/messages": (emulator, request) => [...chatOf(emulator, request).messages.values()].map(messageDto),
  "POST /chats/:/posts": async (emulator, request) => {
    const { text } = await request.body(postBody);
    return { messageId: chatOf(emulator, request).post(text) };
  },
  "POST /chats/:/members": async (emulator, request) => {
    const { accountId } = await request.body(memberBody);
    const chat = chatOf(emulator, request);
    chat.add(accountById(emulator, accountId));
    return chatDto(chat);
  },
  "POST /chats/:/kick": async (emulator, request) => {
    const { accountId } = await request.body(memberBody);
    const chat = chatOf(emulator, request);
    chat.kick(accountById(emulator, accountId));
    return chatDto(chat);
  },
  "POST /chats/:/restrict": async (emulator, request) => {
    const { accountId, rights } = await request.body(restrictBody);
    const chat = chatOf(emulator, request);
    chat.restrict(accountById(emulator, accountId), rights ?? undefined);
    return chatDto(chat);
  },
  "POST /chats/:/renew-access-hash": async (emulator, request) => {
    const { accountId } = await request.body(accessHashBody);
    const viewer = accountId === undefined ? undefined : accountById(emulator, accountId);
    emulator.world.renewAccessHash(chatOf(emulator, request), viewer);
    return {};
  },
  "POST /chats/:/migrate": async (emulator, request) => {
    const options = await request.body(migrateBody);
    const group = chatOf(emulator, request);
    return chatDto(attempt(() => emulator.world.migrate(group, options)));
  },
  "PATCH /chats/:": async (emulator, request) => {
    const { username, ...settings } = await request.body(chatSettingsBody);
    const chat = chatOf(emulator, request);
    chat.change(settings);
    if (username !== undefined) emulator.world.rename(chat, username ?? undefined);
    return chatDto(chat);
  },
  "GET /record": (emulator, { query }) =>
    emulator.record.entries({
      accountId: numberOf(query, "accountId"),
      chatId: numberOf(query, "chatId"),
      afterSeq: numberOf(query, "afterSeq"),
      randomId: query.get("randomId") ?? undefined,
    }),
  "GET /waits": (emulator) => emulator.record.issuedWaits(),
  "GET /early-sends": (emulator) => emulator.record.earlySends(),
  "GET /faults": (emulator) => emulator.faults.list(),
  "GET /faults/fired": (emulator) => emulator.faults.fired(),
  "POST /faults": async (emulator, request) => ({ id: emulator.faults.add(await request.body(faultBody)) }),
  "DELETE /faults": (emulator) => {
    emulator.faults.clear();
    return {};
  },
  "DELETE /faults/:": (emulator, request) => {
    if (!emulator.faults.remove(idOf(request))) throw new ControlError(404, `there is no fault ${request.parts[0]}`);
    return {};
  },
  "POST /pause": async (emulator, request) => {
    emulator.pause((await request.body(pauseBody)).ms);
    return {};
  },
  "POST /disconnect": async (emulator, request) => {
    emulator.disconnect((await request.body(disconnectBody)).accountId);
    return {};
  },
  "POST /login-tokens": async (emulator, request) => {
    const { token, accountId } = await request.body(loginTokenBody);
    if (!emulator.acceptLoginToken(token, accountById(emulator, accountId))) {
      throw new ControlError(404, "there is no such login token, or it has expired");
    }
    return {};
  },
};

const accountDto = ({ id, phone, firstName, username, dc, status }: Account) => ({
  ...{ id, phone, firstName, username, dc, status },
});

const chatDto = (chat: Chat) => ({
  id: chat.markedId,
  kind: chat.kind,
  title: chat.title,
  username: chat.username,
  members: [...chat.members.keys()],
  slowMode: chat.slowMode,
  bannedRights: chat.bannedRights,
  migratedTo: chat.migratedTo?.markedId,
});

const messageDto = ({ id, accountId, date, text, forward, groupedId, topicId, randomId, media, service }: Message) => ({
  ...{ id, accountId, date, text, forward, groupedId, topicId, randomId, media: media?.kind, service },
});

function changed(account: Account, change: (account: Account) => void): unknown {
  change(account);
  return accountDto(account);
}

function idOf(request: ControlRequest): number {
  const id = Number(request.parts[0]);
  if (!Number.isSafeInteger(id)) throw new ControlError(400, `${request.parts[0]} is no id`);
  return id;
}

const accountOf = (emulator: Emulator, request: ControlRequest) => accountById(emulator, idOf(request));

function accountById(emulator: Emulator, id: number): Account {
  const account = emulator.world.accounts.get(id);
  if (!account) throw new ControlError(404, `there is no account ${id}; GET /accounts lists them`);
  return account;
}

function chatOf(emulator: Emulator, request: ControlRequest): Chat {
  const chat = emulator.world.chats.get(idOf(request));
  if (!chat) throw new ControlError(404, `there is no chat ${request.parts[0]}; GET /chats lists them by marked id`);
  return chat;
}

function numberOf(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  if (text === null) return undefined;
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new ControlError(400, `${name}: a whole number is needed`);
  return value;
}

function attempt<T>(build: () => T): T {
  try {
    return build();
  } catch (error) {
    throw new ControlError(409, error instanceof Error ? error.message : String(error));
  }
}
