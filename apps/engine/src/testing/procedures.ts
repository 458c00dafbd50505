import type { ErrorDto } from "@herald/contract";
import { type Caller, PASSWORD, telethonString } from "@herald/testing/people";
import type { Scene } from "@herald/testing/scene";
import type { Stack } from "@herald/testing/stack";
import { generateSync } from "otplib";
import type { Parts } from "../container.ts";

/** What the calls are about: a user with a bot, in a stack with one engine. */
export interface Place {
  stack: Stack;
  scene: Scene;
  parts: Parts;
}

/** How a procedure is called so that it does something. What it needs belongs to the scene's user, or to everyone. */
export interface Procedure {
  /** who may call it; a person: a user on the pages, and no program of theirs */
  who: "anyone" | "person" | "user" | "admin";
  /** what the audit calls it; absent when it changes nothing */
  action?: string;
  /** what has to be so before */
  given?(place: Place): Promise<unknown>;
  call(caller: Caller, place: Place): Promise<unknown>;
}

const GROUP = "@audited_group";
const ACCOUNT = "audited_account";
const SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";
const RECOVERY_CODE = "ABCD0123EFGH4567";
const API_HASH = "0123456789abcdef0123456789abcdef";

let made = 0;

const accountFile = ({ emulator }: Stack) => {
  const known = [...emulator.world.accounts.values()].find(({ username }) => username === ACCOUNT);
  const account = known ?? emulator.world.account({ phone: "9996799999", firstName: "Audited", username: ACCOUNT });
  return telethonString(account);
};

/** The one that is meant, made when there is none. */
async function ensured<T>(list: () => Promise<T[]>, isMeant: (row: T) => boolean, make: () => Promise<unknown>) {
  const found = (await list()).find(isMeant);
  if (found !== undefined) return found;
  await make();
  const fresh = (await list()).find(isMeant);
  if (fresh === undefined) throw new Error("what a call needs could not be made");
  return fresh;
}
const group = ({ scene: { user } }: Place) =>
  ensured(
    () => user.api.groups.list.query(),
    ({ reference }) => reference === GROUP,
    () => user.api.groups.add.mutate({ lines: [GROUP] }),
  );
const account = ({ stack }: Place) =>
  ensured(
    () => stack.admin.api.sessions.list.query(),
    ({ username }) => username === ACCOUNT,
    () => stack.admin.upload("audited.txt", accountFile(stack)),
  );
const pair = ({ stack }: Place) =>
  ensured(
    () => stack.admin.api.apiPairs.list.query(),
    ({ used }) => used === 0,
    () => stack.admin.api.apiPairs.add.mutate({ apiId: 70_000 + ++made, apiHash: API_HASH }),
  );
/** Of the scene's user, besides the one that they use. */
const otherSignIn = ({ stack, scene: { user } }: Place) =>
  ensured(
    () => user.api.signIns.list.query(),
    ({ isCurrent }) => !isCurrent,
    () => stack.person(user.id).token(),
  );
const mayStart = ({ scene, stack }: Place) => stack.admin.api.users.clearBreaker.mutate({ id: scene.user.id });

/** Everybody's second step, and the password that they begin with. */
const twoSteps =
  (state: "off" | "begun" | "on") =>
  async ({ parts }: Place): Promise<void> => {
    const { store, hashes } = parts.dependencies;
    const passwordHash = await hashes.password(PASSWORD);
    await store.transaction(async (tx) => {
      for (const { id } of await tx.users.list()) {
        await tx.users.update(id, { passwordHash });
        await tx.twoStep.remove(id);
        if (state === "off") continue;
        await tx.twoStep.begin(id, SECRET);
        if (state === "on") await tx.twoStep.confirm(id, new Date());
        await tx.twoStep.replaceRecoveryCodes(id, [hashes.sha256(RECOVERY_CODE)]);
      }
    });
  };

/** An error that arrived in an event stream, in the shape in which tRPC's client throws one. */
class StreamError extends Error {
  readonly data: { herald: ErrorDto };
  constructor({ message, data }: { message: string; data: { herald: ErrorDto } }) {
    super(message);
    this.data = data;
  }
}

/** Reads the event stream from its beginning until something is heard that happened after it was asked for. */
async function hear({ api, request }: Caller): Promise<string> {
  const input = encodeURIComponent(JSON.stringify({ lastEventId: "0" }));
  const { body } = await request(`/trpc/sync.events?input=${input}`);
  if (body === null) throw new Error("there is no stream");
  let heard = "";
  let since: bigint | null = null;
  for await (const text of body.pipeThrough(new TextDecoderStream())) {
    heard += text;
    const refusal = /event: serialized-error\ndata: (.*)\n/.exec(heard)?.[1];
    if (refusal !== undefined) throw new StreamError(JSON.parse(refusal));
    if (since === null) {
      since = BigInt((await api.sync.state.query()).eventId);
      await api.bot.configure.mutate({ delayBetweenCycles: 3600 + ++made });
    }
    const newest = BigInt([...heard.matchAll(/^id: (\d+)$/gm)].at(-1)?.[1] ?? 0);
    if (newest > since) return heard;
  }
  throw new Error("the stream ended");
}

/** Every procedure of the engine, those that change something in an order in which each finds what it needs. */
export const procedures: Record<string, Procedure> = {
  "groups.add": {
    who: "user",
    action: "groups.add",
    call: ({ api }) => api.groups.add.mutate({ lines: [GROUP] }),
  },
  "groups.reactivate": {
    who: "user",
    action: "groups.reactivate",
    given: async (place) => {
      const { id } = await group(place);
      await place.parts.dependencies.store.transaction((tx) =>
        tx.groups.retire(id, { reason: "No.", code: "CHAT_WRITE_FORBIDDEN" }),
      );
    },
    call: async ({ api }, place) => api.groups.reactivate.mutate({ ids: [(await group(place)).id] }),
  },
  "groups.remove": {
    who: "user",
    action: "groups.remove",
    given: group,
    call: async ({ api }, place) => api.groups.remove.mutate({ ids: [(await group(place)).id] }),
  },
  "bot.configure": {
    who: "user",
    action: "bot.configure",
    call: ({ api }) => api.bot.configure.mutate({ delayBetweenPosts: 1 }),
  },
  "bot.start": { who: "user", action: "bot.start", given: mayStart, call: ({ api }) => api.bot.start.mutate({}) },
  "bot.stop": { who: "user", action: "bot.stop", call: ({ api }) => api.bot.stop.mutate() },
  "twoStep.begin": {
    who: "person",
    action: "two_step.begin",
    given: twoSteps("off"),
    call: ({ api }) => api.twoStep.begin.mutate({ password: PASSWORD }),
  },
  "twoStep.confirm": {
    who: "person",
    action: "two_step.turn_on",
    given: twoSteps("begun"),
    call: ({ api }) => api.twoStep.confirm.mutate({ code: generateSync({ secret: SECRET }) }),
  },
  "twoStep.renewCodes": {
    who: "person",
    action: "two_step.renew_codes",
    given: twoSteps("on"),
    call: ({ api }) => api.twoStep.renewCodes.mutate({ password: PASSWORD, code: RECOVERY_CODE }),
  },
  "twoStep.turnOff": {
    who: "person",
    action: "two_step.turn_off",
    given: twoSteps("on"),
    call: ({ api }) => api.twoStep.turnOff.mutate({ password: PASSWORD, code: RECOVERY_CODE }),
  },
  "users.resetTwoStep": {
    who: "admin",
    action: "two_step.reset",
    given: twoSteps("on"),
    call: ({ api }, { scene }) => api.users.resetTwoStep.mutate({ id: scene.user.id }),
  },
  "users.stopBot": {
    who: "admin",
    action: "bot.stop",
    given: async (place) => {
      await mayStart(place);
      await place.scene.user.api.bot.start.mutate({});
    },
    call: ({ api }, { scene }) => api.users.stopBot.mutate({ id: scene.user.id }),
  },
  "users.clearBreaker": {
    who: "admin",
    action: "bot.clear_breaker",
    given: async ({ scene, parts }) => {
      await scene.user.api.bot.stop.mutate();
      await parts.dependencies.store.transaction(async (tx) => {
        const { id } = await tx.bots.lockOfUser(scene.user.id);
        await tx.bots.update(id, { breakerTrippedAt: new Date(), stopReason: "breaker" });
      });
    },
    call: ({ api }, { scene }) => api.users.clearBreaker.mutate({ id: scene.user.id }),
  },
  "users.create": {
    who: "admin",
    action: "user.create",
    call: ({ api }) =>
      api.users.create.mutate({ email: `audited${++made}@example.org`, name: "Audited", password: PASSWORD }),
  },
  "users.update": {
    who: "admin",
    action: "user.update",
    call: ({ api }, { scene }) => api.users.update.mutate({ id: scene.user.id, name: `Another name ${++made}` }),
  },
  "users.setTimeZone": {
    who: "user",
    action: "user.update",
    call: ({ api }) => api.users.setTimeZone.mutate({ timeZone: "Europe/Kyiv" }),
  },
  "users.changePassword": {
    who: "person",
    action: "user.update",
    given: twoSteps("off"),
    call: ({ api }) => api.users.changePassword.mutate({ current: PASSWORD, password: `${PASSWORD} ${++made}` }),
  },
  "users.createApiKey": { who: "user", action: "api_key.create", call: ({ api }) => api.users.createApiKey.mutate() },
  "users.revokeApiKey": { who: "user", action: "api_key.revoke", call: ({ api }) => api.users.revokeApiKey.mutate() },
  "signIns.end": {
    who: "person",
    action: "sign_in.end",
    given: otherSignIn,
    call: async ({ api }, place) => api.signIns.end.mutate({ id: (await otherSignIn(place)).id }),
  },
  "signIns.endOthers": {
    who: "person",
    action: "sign_in.end",
    given: otherSignIn,
    call: ({ api }) => api.signIns.endOthers.mutate({}),
  },
  "apiPairs.add": {
    who: "admin",
    action: "api_pair.add",
    call: ({ api }) => api.apiPairs.add.mutate({ apiId: 70_000 + ++made, apiHash: API_HASH }),
  },
  "apiPairs.update": {
    who: "admin",
    action: "api_pair.update",
    given: pair,
    call: async ({ api }, place) => api.apiPairs.update.mutate({ id: (await pair(place)).id, label: `L${++made}` }),
  },
  "apiPairs.remove": {
    who: "admin",
    action: "api_pair.remove",
    given: pair,
    call: async ({ api }, place) => api.apiPairs.remove.mutate({ id: (await pair(place)).id }),
  },
  "sessions.wake": {
    who: "admin",
    action: "session.wake",
    given: async (place) => {
      const { id } = await account(place);
      const rest = { until: null, needsAdmin: true, reason: "Limited.", code: "PEER_FLOOD" };
      await place.parts.dependencies.store.transaction((tx) => tx.sessions.rest(id, rest));
    },
    call: async ({ api }, place) => api.sessions.wake.mutate({ id: (await account(place)).id }),
  },
  "sessions.retry": {
    who: "admin",
    action: "session.retry",
    given: async (place) => {
      const { id } = await account(place);
      const death = { at: new Date(), cause: "lost", reason: "Signed out.", code: "AUTH_KEY_UNREGISTERED" } as const;
      await place.parts.dependencies.store.transaction((tx) => tx.sessions.ban(id, death));
    },
    call: async ({ api }, place) => api.sessions.retry.mutate({ id: (await account(place)).id }),
  },
  "sessions.remove": {
    who: "admin",
    action: "session.remove",
    given: account,
    call: async ({ api }, place) => api.sessions.remove.mutate({ id: (await account(place)).id }),
  },
  "chats.update": {
    who: "admin",
    action: "chat.update",
    call: ({ api }) => api.chats.update.mutate({ id: "-1001234567890", optedOut: true, proof: "They said so." }),
  },
  "twoStep.status": { who: "person", call: ({ api }) => api.twoStep.status.query() },
  "bot.status": { who: "user", call: ({ api }) => api.bot.status.query() },
  "bot.forecast": { who: "user", call: ({ api }) => api.bot.forecast.query({}) },
  "bot.unconfirmed": { who: "user", call: ({ api }) => api.bot.unconfirmed.query() },
  "bot.log": { who: "user", call: ({ api }) => api.bot.log.query({}) },
  "groups.list": { who: "user", call: ({ api }) => api.groups.list.query() },
  "sync.state": { who: "user", call: ({ api }) => api.sync.state.query() },
  "sync.events": { who: "user", call: hear },
  "signIns.list": { who: "person", call: ({ api }) => api.signIns.list.query() },
  "users.viewer": { who: "user", call: ({ api }) => api.users.viewer.query() },
  "users.list": { who: "admin", call: ({ api }) => api.users.list.query() },
  "sessions.list": { who: "admin", call: ({ api }) => api.sessions.list.query() },
  "apiPairs.list": { who: "admin", call: ({ api }) => api.apiPairs.list.query() },
  "chats.list": { who: "admin", call: ({ api }) => api.chats.list.query() },
  "audit.list": {
    who: "admin",
    call: ({ api }, { scene }) => api.audit.list.query({ userId: scene.user.id }),
  },
  overview: { who: "admin", call: ({ api }) => api.overview.query() },
  health: { who: "anyone", call: ({ api }) => api.health.query() },
};

/** Whether it changes something, as the router has it. */
export const isMutation = (procedure: object): boolean =>
  "_def" in procedure &&
  typeof procedure._def === "object" &&
  procedure._def !== null &&
  "type" in procedure._def &&
  procedure._def.type === "mutation";
