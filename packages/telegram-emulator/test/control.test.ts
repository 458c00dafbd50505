import { execFile } from "node:child_process";
import { readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { deterministicAuthKey, type Emulator, readWorldFile, startEmulator } from "../src/index.ts";
import { Layers } from "../src/tl/schemas.ts";
import { RawClient } from "./wire/raw-client.ts";

const codec = new Layers().codec(198);
if (!codec) throw new Error("layer 198 is missing");

const WORLD = `
seed: 7
accounts:
  - { phone: "+99966100001", username: alice_a, twoFa: "correct horse" }
  - { phone: "+99966100002", username: bob_b, limit: PEER_FLOOD }
channels:
  - title: News
    username: newsroom
    posts: [first, { text: second, media: photo }, { album: [{ kind: photo, text: both }, { kind: video }] }]
supergroups:
  - title: Talk
    username: talkroom
    members: ["@alice_a", "+99966100002"]
    slowMode: 10
    restricted: [{ account: bob_b, rights: { sendMedia: true } }]
    topics: [{ title: Offers }, { title: Closed, closed: true }]
    invites: [{ hash: abcdef }]
basicGroups:
  - { title: Family, members: [7000000001] }
apiIds: [{ id: 1, hash: h }]
flood: [{ methods: [contacts.resolveUsername], capacity: 1, refillPerSecond: 0.01 }]
`;

let emulator: Emulator;

function worldFile(text: string): string {
  const path = join(tmpdir(), `emulator-world-${process.pid}-${Math.random()}.yaml`);
  writeFileSync(path, text);
  return path;
}

beforeAll(async () => {
  emulator = await startEmulator({ world: readWorldFile(worldFile(WORLD)), controlPort: 0 });
});
afterAll(() => emulator.stop());

async function http(method: string, path: string, body?: unknown) {
  const response = await fetch(`${emulator.controlUrl}${path}`, {
    method,
    headers: { authorization: `Bearer ${emulator.controlToken}`, "content-type": "application/json" },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as never };
}

/** Who is in the world file. */
function people() {
  const [talk, news, alice] = ["talkroom", "newsroom", "alice_a"].map((name) => emulator.world.byUsername(name));
  if (!talk || !("restrict" in talk) || !news || !("restrict" in news) || !alice || !("phone" in alice))
    throw new Error("the world is another");
  return { talk, news, alice };
}

/** A request as it stands: `fetch` sends no Host and no Origin of one's choosing. */
function raw(method: string, path: string, headers: Record<string, string>, body = "") {
  return new Promise<{ status: number; body: string }>((resolve, reject) => {
    const sent = request(`${emulator.controlUrl}${path}`, { method, headers }, async (response) =>
      resolve({ status: response.statusCode ?? 0, body: await text(response) }),
    );
    sent.once("error", reject).end(body);
  });
}

describe("the world file", () => {
  test("describes accounts, chats and limits", () => {
    const { world } = emulator;
    expect(world.seed).toBe(7);
    const talk = world.byUsername("talkroom");
    const alice = world.byUsername("alice_a");
    expect(talk).toMatchObject({ slowMode: 10, kind: "supergroup" });
    expect(talk && "members" in talk && [...talk.members.keys()]).toEqual([7000000001, 7000000002]);
    expect(talk && "topics" in talk && [...talk.topics.values()].map((topic) => topic.title)).toEqual([
      "General",
      "Offers",
      "Closed",
    ]);
    expect(alice).toMatchObject({ twoFa: "correct horse" });
    expect(world.invites.get("abcdef")?.chat).toBe(talk);
    expect([...world.chats.values()].map((chat) => chat.kind)).toEqual(["channel", "supergroup", "basicGroup"]);
  });

  test("is refused with the place that is wrong", () => {
    const wrong = worldFile("accounts: [{ phone: 5 }]\nsupergroups: [{ title: T, slowmode: 1 }]");
    expect(() => readWorldFile(wrong)).toThrow(/accounts\.0\.phone[\s\S]*supergroups\.0/);
    const unknown = worldFile("supergroups: [{ title: T, members: [nobody] }]");
    expect(() => readWorldFile(unknown)).toThrow("there is no account nobody");
  });
});

describe("the control port", () => {
  test("makes accounts and chats, and shows what was posted", async () => {
    const created = await http("POST", "/accounts", { phone: "+99966100003", firstName: "Carol" });
    const { id, authKey } = created.body as { id: number; authKey: string };
    expect(Buffer.from(authKey, "base64")).toEqual(deterministicAuthKey(7, id, 0));
    const chat = await http("POST", "/chats", { kind: "supergroup", title: "Made", members: [id] });
    const { id: chatId } = chat.body as { id: number };
    const client = await RawClient.open(emulator);
    client.use(Buffer.from(authKey, "base64"));
    const account = emulator.world.accounts.get(id);
    const group = emulator.world.chats.get(chatId);
    if (!account || !group) throw new Error("the control port made nothing");
    const stream = await fetch(`${emulator.controlUrl}/record/stream`, {
      headers: { authorization: `Bearer ${emulator.controlToken}` },
    });
    const access_hash = emulator.world.accessHash(account, group);
    const peer = { _: "inputPeerChannel", channel_id: group.id, access_hash };
    await client.init(codec, { _: "messages.sendMessage", peer, message: "hello", random_id: -5n });
    const entry = { seq: 1, accountId: id, chatId, messageId: 1, randomId: "-5", text: "hello" };
    expect((await http("GET", `/record?chatId=${chatId}`)).body).toMatchObject([entry]);
    expect((await http("GET", `/chats/${chatId}/messages`)).body).toMatchObject([
      { id: 1, accountId: id, randomId: "-5" },
    ]);
    const reader = stream.body?.getReader();
    const first = await reader?.read();
    expect(Buffer.from(first?.value as Uint8Array).toString()).toMatch(/^id: 1\ndata: \{.*"randomId":"-5"/);
    await reader?.cancel();
    client.close();
  });

  test("bans, freezes, revokes and restores accounts", async () => {
    const { body } = await http("POST", "/accounts", { phone: "+99966100004" });
    const { id } = body as { id: number };
    for (const [action, status] of [
      ["ban", "banned"],
      ["restore", "active"],
      ["freeze", "frozen"],
    ] as const) {
      expect((await http("POST", `/accounts/${id}/${action}`)).body).toMatchObject({ id, status });
    }
    await http("POST", `/accounts/${id}/revoke`, { how: "SESSION_REVOKED" });
    const [key] = emulator.world.keys.of(emulator.world.accounts.get(id)!);
    expect(key?.refusal).toMatchObject({ message: "SESSION_REVOKED" });
  });

  test("sets, lists and takes away faults", async () => {
    const rule = { method: "messages.sendMessage", times: 2, action: { error: "PEER_FLOOD", code: 400 } };
    const { body } = await http("POST", "/faults", rule);
    expect((await http("GET", "/faults")).body).toMatchObject([{ rule, fired: 0 }]);
    expect((await http("DELETE", `/faults/${(body as { id: number }).id}`)).status).toBe(200);
    expect((await http("GET", "/faults")).body).toEqual([]);
  });

  test("closes a group, and restricts one account in it", async () => {
    const { talk, alice } = people();
    const path = `/chats/${talk.markedId}`;
    const changed = await http("PATCH", path, { bannedRights: { sendMessages: true } });
    expect(changed.body).toMatchObject({ bannedRights: { sendMessages: true }, slowMode: 10 });
    await http("PATCH", path, { bannedRights: {}, slowMode: 0 });
    expect(talk).toMatchObject({ bannedRights: {}, slowMode: 0 });
    expect(await http("PATCH", path, { bannedRights: { everything: true } })).toMatchObject({ status: 400 });
    const rights = { sendMessages: true, until: Date.now() + 60_000 };
    await http("POST", `${path}/restrict`, { accountId: alice.id, rights });
    expect(talk.restrictionsOf(alice)).toEqual(rights);
    await http("POST", `${path}/restrict`, { accountId: alice.id, rights: null });
    expect(talk.restrictionsOf(alice)).toBeUndefined();
  });

  test("turns a basic group into a supergroup, once", async () => {
    const { body } = await http("POST", "/chats", { kind: "basicGroup", title: "Small", members: [7000000001] });
    const { id } = body as { id: number };
    const grown = await http("POST", `/chats/${id}/migrate`, { username: "grownroom", slowMode: 5 });
    expect(grown.body).toMatchObject({ kind: "supergroup", members: [7000000001], slowMode: 5, username: "grownroom" });
    expect((await http("GET", "/chats")).body).toContainEqual(
      expect.objectContaining({ id, migratedTo: (grown.body as { id: number }).id }),
    );
    expect(await http("POST", `/chats/${id}/migrate`)).toMatchObject({ status: 409 });
  });

  test("moves a @name, and renews access hashes", async () => {
    const { world } = emulator;
    const { talk, news, alice } = people();
    const before = world.accessHash(alice, talk);
    await http("POST", `/chats/${talk.markedId}/renew-access-hash`, { accountId: alice.id });
    const after = world.accessHash(alice, talk);
    expect(after).not.toBe(before);
    await http("POST", `/chats/${talk.markedId}/renew-access-hash`);
    expect(world.accessHash(alice, talk)).not.toBe(after);
    expect(await http("POST", `/chats/${talk.markedId}/renew-access-hash`, { accountId: 5 })).toMatchObject({
      status: 404,
    });
    await http("PATCH", `/chats/${news.markedId}`, { username: "talkroom" });
    expect([news.username, talk.username]).toEqual(["talkroom", undefined]);
    await http("PATCH", `/chats/${news.markedId}`, { username: null });
    expect(news.username).toBeUndefined();
    world.rename(talk, "talkroom");
    world.rename(news, "newsroom");
  });

  test("changes the settings of the world", async () => {
    const { randomIds } = emulator.world;
    expect(await http("PATCH", "/world", { repeatedRandomIds: "sometimes" })).toMatchObject({ status: 400 });
    await http("PATCH", "/world", { repeatedRandomIds: "RANDOM_ID_DUPLICATE" });
    expect(randomIds.repeatsGet).toBe("RANDOM_ID_DUPLICATE");
    await http("PATCH", "/world", {});
    expect(randomIds.repeatsGet).toBe("RANDOM_ID_DUPLICATE");
    await http("PATCH", "/world", { repeatedRandomIds: "message" });
    expect(randomIds.repeatsGet).toBe("message");
  });

  test("answers nobody who has not been told the token, but for whether it is up", async () => {
    const accounts = emulator.world.accounts.size;
    const phone = JSON.stringify({ phone: "+99966100666" });
    for (const authorization of [undefined, "", "Bearer", "Bearer x", `Basic ${emulator.controlToken}`]) {
      const headers = { "content-type": "application/json", ...(authorization !== undefined && { authorization }) };
      for (const path of ["/accounts", "/record", "/record/stream", "/dc", "/nothing"])
        expect(await raw("GET", path, headers)).toMatchObject({ status: 401, body: expect.stringContaining("token") });
      expect(await raw("POST", "/accounts", headers, phone)).toMatchObject({ status: 401 });
    }
    expect(emulator.world.accounts.size).toBe(accounts);
    expect(await raw("GET", "/health", {})).toEqual({ status: 200, body: "{}\n" });
  });

  test("answers to names of this machine alone, whatever leads here", async () => {
    const { port } = new URL(emulator.controlUrl ?? "");
    const authorization = `Bearer ${emulator.controlToken}`;
    for (const host of [
      `evil.example:${port}`,
      "evil.example",
      `127.0.0.1.evil.example:${port}`,
      "10.0.0.1",
      "0.0.0.0",
    ])
      for (const path of ["/accounts", "/health"])
        expect(await raw("GET", path, { authorization, host }), host).toMatchObject({ status: 403 });
    for (const host of [`127.0.0.1:${port}`, `localhost:${port}`, `LOCALHOST:${port}`, `[::1]:${port}`])
      expect(await raw("GET", "/accounts", { authorization, host }), host).toMatchObject({ status: 200 });
  });

  test("takes nothing from the pages of others", async () => {
    const authorization = `Bearer ${emulator.controlToken}`;
    const own = emulator.controlUrl ?? "";
    const wrong = ["https://evil.example", "null", "http://localhost:3000", own.replace("http:", "https:"), `${own}0`];
    const ban = `/accounts/${people().alice.id}/ban`;
    for (const origin of wrong)
      expect(await raw("POST", ban, { authorization, origin }), origin).toMatchObject({ status: 403 });
    expect(people().alice.status).toBe("active");
    expect(await raw("GET", "/accounts", { authorization, origin: own })).toMatchObject({ status: 200 });
  });

  test("takes no body but JSON that says so", async () => {
    const authorization = `Bearer ${emulator.controlToken}`;
    const faults = emulator.faults.list().length;
    const rule = JSON.stringify({ method: "messages.sendMessage", action: { error: "PEER_FLOOD", code: 400 } });
    for (const type of ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""])
      expect(await raw("POST", "/faults", { authorization, "content-type": type }, rule), type).toMatchObject({
        status: 415,
        body: expect.stringContaining("application/json"),
      });
    expect(emulator.faults.list()).toHaveLength(faults);
    const type = "application/json; charset=utf-8";
    expect(await raw("POST", "/faults", { authorization, "content-type": type }, rule)).toMatchObject({ status: 200 });
    emulator.faults.clear();
  });

  test("has the token that it is started with, and else a new one each time", async () => {
    const [one, other, given] = await Promise.all([
      startEmulator({ controlPort: 0 }),
      startEmulator({ controlPort: 0 }),
      startEmulator({ controlPort: 0, controlToken: "of my own" }),
    ]);
    try {
      expect(one.controlToken).not.toBe(other.controlToken);
      expect(one.controlToken).toMatch(/^[\w-]{43}$/);
      const headers = { authorization: "Bearer of my own" };
      expect(await fetch(`${given.controlUrl}/accounts`, { headers })).toMatchObject({ status: 200 });
    } finally {
      await Promise.all([one, other, given].map((emulator) => emulator.stop()));
    }
  });

  test("has its token in a file that nobody else can read, where the command is told to write it", async () => {
    const file = worldFile("what others wrote");
    onTestFinished(() => rmSync(file));
    const main = fileURLToPath(new URL("../src/main.ts", import.meta.url));
    const started = execFile(process.execPath, [main, "--quiet", "--token", file]);
    onTestFinished(() => void started.kill());
    let printed = "";
    for await (const line of createInterface(started.stdout as Readable)) {
      printed += `${line}\n`;
      if (line.startsWith("control: ")) break;
    }
    const token = readFileSync(file, "utf8").trim();
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(printed).not.toContain(token);
    const accounts = `${/^control: (.*)$/m.exec(printed)?.[1]}/accounts`;
    expect(await fetch(accounts, { headers: { authorization: `Bearer ${token}` } })).toMatchObject({ status: 200 });
    expect(await fetch(accounts)).toMatchObject({ status: 401 });
  });

  test("refuses what makes no sense, and says what would", async () => {
    expect(await http("POST", "/faults", { method: "x", action: { explode: true } })).toMatchObject({ status: 400 });
    expect(await http("POST", "/accounts", {})).toMatchObject({
      status: 400,
      body: { error: expect.stringContaining("phone") },
    });
    expect(await http("POST", "/accounts", { phone: "+99966100001" })).toMatchObject({ status: 409 });
    expect(await http("GET", "/chats/5/messages")).toMatchObject({
      status: 404,
      body: { error: expect.stringContaining("GET /chats") },
    });
    expect(await http("GET", "/record?chatId=x")).toMatchObject({ status: 400 });
    expect(await http("PUT", "/nothing")).toMatchObject({ status: 404 });
  });
});
