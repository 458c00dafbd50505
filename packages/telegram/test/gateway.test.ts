// How an account is connected: where it is dialled, how long it is waited for, and what its client is given. Over TCP: tcp/gateway.test.ts.
import { Socket } from "node:net";
import { _serverKeys } from "telegram/crypto/RSA.js";
import { Api } from "telegram/tl/index.js";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { AccountLink, type Reply } from "../src/gram/account-link.ts";
import { createGateway, type GatewayOptions } from "../src/index.ts";
import { refusedWith, result } from "./scripted.ts";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date", "performance", "setTimeout", "clearTimeout"], fakeNodeBuiltins: true });
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

const api = { apiId: 12_345, apiHash: "hash" };
const key = (byte: number) => new Uint8Array(256).fill(byte);
const secret = { dcId: 2, host: null, port: null, authKey: key(1) };
const use = () => ({ signal: new AbortController().signal, mayUse: () => true });
const dc = { id: 2, host: "127.0.0.1", port: 4430 };
const BUILT_IN = ["149.154.167.51 443", "2001:67c:4e8:f002::a 443"];

/** Where is dialled, in vain. */
function nobodyAnswers() {
  const dialled: string[] = [];
  vi.spyOn(Socket.prototype, "connect").mockImplementation(function (this: Socket, ...[port, host]: unknown[]) {
    dialled.push(`${host} ${port}`);
    return this;
  });
  const connecting = async (
    options?: GatewayOptions,
    session: Partial<Parameters<ReturnType<typeof createGateway>["connect"]>[0]["secret"]> = {},
  ) => {
    dialled.splice(0);
    const begin = performance.now();
    const connected = createGateway(options).connect({ secret: { ...secret, ...session }, api }, use());
    const ended = connected.then((refusal) => ({ refusal, after: performance.now() - begin, dialled: [...dialled] }));
    await vi.runAllTimersAsync();
    return ended;
  };
  return connecting;
}

describe("an account", () => {
  test("is dialled at the addresses of its data centre for fifteen seconds, unless others are given", async () => {
    const connecting = nobodyAnswers();
    const refusal = refusedWith("NO_CONNECTION");
    expect(await connecting()).toEqual({ refusal, after: 15_000, dialled: BUILT_IN });
    const given = await connecting({ dc, deadlines: { connectMs: 400 } });
    expect(given).toEqual({ refusal, after: 400, dialled: ["127.0.0.1 4430"] });
    expect(await connecting({ deadlines: { callMs: 1 } })).toMatchObject({ after: 15_000 });
    expect((await connecting({}, { host: "10.0.0.7", port: 80 })).dialled).toEqual(["10.0.0.7 80", ...BUILT_IN]);
  });

  test("of a test server, or of no data centre, is dialled nowhere, unless it is dialled where everyone is", async () => {
    const connecting = nobodyAnswers();
    const lost = (code: string) => ({ refusal: { kind: "session_dead", cause: "lost", code }, after: 0, dialled: [] });
    expect(await connecting({}, { host: "149.154.167.40" })).toEqual(lost("TEST_DC"));
    expect(await connecting({}, { dcId: 6 })).toEqual(lost("DC_ID_INVALID"));
    const anywhere = await connecting({ dc, deadlines: { connectMs: 400 } }, { dcId: 6, host: "149.154.167.40" });
    expect(anywhere.dialled).toEqual(["127.0.0.1 4430"]);
  });
});

/** Telegram lets everyone in, and answers so. */
function answering(...replies: Reply<unknown>[]) {
  vi.spyOn(AccountLink.prototype, "connect").mockResolvedValue(undefined);
  const invoke = vi
    .spyOn(AccountLink.prototype, "invoke")
    .mockImplementation(async () => (replies.shift() ?? refusedWith("NO_ANSWER")) as Reply<never>);
  return { asked: () => invoke.mock.calls.map(([request, ms]) => [request.className, ms]) };
}
async function clientOf(gateway: ReturnType<typeof createGateway>, authKey = key(1)) {
  const connected = await gateway.connect({ secret: { ...secret, authKey }, api }, use());
  if (connected.kind !== "connected") throw new Error("It is not connected.");
  return connected.client;
}

test("a refused one is ended, so that nothing more is sent", async () => {
  const refusal = { kind: "session_limited", code: "USER_RESTRICTED" } as const;
  vi.spyOn(AccountLink.prototype, "connect").mockResolvedValue(refusal);
  const end = vi.spyOn(AccountLink.prototype, "end");
  expect(await createGateway({ dc }).connect({ secret, api }, use())).toEqual(refusal);
  expect(end.mock.calls).toEqual([["CLOSED"]]);
});

test("a connected one is open, and waits twenty seconds for an answer, unless another time is given", async () => {
  const end = vi.spyOn(AccountLink.prototype, "end");
  const { asked } = answering();
  for (const deadlines of [undefined, { connectMs: 1 }, { callMs: 700 }]) {
    const client = await clientOf(createGateway({ dc, ...(deadlines && { deadlines }) }));
    await client.me();
  }
  expect(asked()).toEqual([20_000, 20_000, 700].map((ms) => ["users.GetUsers", ms]));
  expect(end.mock.calls).toEqual([]);
});

test("Telegram is asked for its addresses, unless others are given", async () => {
  const { asked } = answering();
  await clientOf(createGateway({ dc }));
  expect(asked()).toEqual([]);
  await clientOf(createGateway({ deadlines: { callMs: 700 } }));
  expect(asked()).toEqual([["help.GetConfig", 700]]);
});

test("the waits of an account hold for its next client, and for no other account", async () => {
  const flood = { kind: "flood_wait", seconds: 9, method: "any", code: "FLOOD_WAIT_9" } as const;
  const none = result(new Api.messages.Dialogs({ dialogs: [], messages: [], chats: [], users: [] }));
  const { asked } = answering(none, flood, none, none);
  const gateway = createGateway({ dc });
  const codes = [];
  for (const authKey of [key(1), key(1), key(2)]) {
    const answer = await (await clientOf(gateway, authKey)).resolve("@news");
    codes.push(answer.kind === "resolved" ? "resolved" : answer.code);
  }
  expect(codes).toEqual(["FLOOD_WAIT_9", "LOOKUPS_WAIT", "NO_ANSWER"]);
  expect(asked().map(([method]) => method)).toEqual([
    "messages.GetDialogs",
    "contacts.ResolveUsername",
    "messages.GetDialogs",
    "messages.GetDialogs",
    "contacts.ResolveUsername",
  ]);
});

test("a server's key that is none is refused at once, and without one Telegram's own are all", () => {
  const before = [..._serverKeys.keys()];
  createGateway({ dc });
  expect([..._serverKeys.keys()]).toEqual(before);
  expect(() => createGateway({ rsaPublicKeyPem: "no key" })).toThrow();
});
