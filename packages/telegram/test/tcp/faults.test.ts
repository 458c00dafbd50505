// The faults of GramJS 2.26.22 and of networks, each with what keeps it from the outcome of a send.
import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { Socket } from "node:net";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { crc32 } from "node:zlib";
import { MTProtoSender } from "telegram/network/MTProtoSender.js";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { parseDc } from "../../src/index.ts";
import { forwarding, randomId, resolved, startTelegram, type Telegram, until } from "./telegram.ts";

/** Long enough for any answer on loopback, short enough to wait for in a test. */
const SOON = { deadlines: { callMs: 1_000 } };
/** Room for two tries, the second after a pause, and none for a third. */
const TWO_TRIES = { deadlines: { callMs: 1_400 } };

let telegram: Telegram;
beforeEach(async () => {
  telegram = await startTelegram();
});
afterEach(async () => {
  vi.restoreAllMocks();
  await telegram.stop();
});

const FORWARD = "messages.forwardMessages";

describe("GramJS waits, repeats and loses errors by itself", () => {
  test("a flood wait comes back at once, and the request was sent once", async () => {
    const forward = await forwarding(telegram, await telegram.client());
    telegram.emulator.faults.add({ method: FORWARD, times: 1, action: { error: "FLOOD_WAIT_2", code: 420 } });
    expect(await forward()).toEqual({ kind: "flood_wait", seconds: 2, method: "any", code: "FLOOD_WAIT_2" });
    expect(telegram.calls(FORWARD)).toBe(1);
    expect(telegram.emulator.record.entries()).toEqual([]);
  });

  test.each([
    ["RPC_CALL_FAIL", 500, "RPC_CALL_FAIL"],
    ["WORKER_BUSY_TOO_LONG_RETRY", 500, "WORKER_BUSY_TOO_LONG_RETRY"],
    ["MSG_WAIT_FAILED", 400, "NO_CLEAR_ANSWER"],
    ["NETWORK_MIGRATE_4", 303, "MIGRATE"],
  ])("%s is unknown at once, under its name, and the connection stays", async (error, code, expected) => {
    const forward = await forwarding(telegram, await telegram.client());
    telegram.emulator.faults.add({ method: FORWARD, times: 1, action: { error, code } });
    expect(await forward()).toEqual({ kind: "unknown", code: expected });
    expect(telegram.calls(FORWARD)).toBe(1);
    expect(await forward()).toMatchObject({ kind: "sent" });
    expect(telegram.emulator.counters.connectionsAccepted).toBe(1);
    expect(telegram.emulator.counters.keyExchanges).toBe(0);
  });

  test("CONNECTION_NOT_INITED is said anew on a new connection", async () => {
    const forward = await forwarding(telegram, await telegram.client());
    telegram.emulator.faults.add({
      method: FORWARD,
      times: 1,
      action: { error: "CONNECTION_NOT_INITED", code: 400 },
    });
    expect(await forward()).toMatchObject({ kind: "sent" });
    expect(telegram.emulator.counters.connectionsAccepted).toBe(2);
  });

  test("two sends at once are not chained: one without an answer does not hold the other", async () => {
    const { world, faults, record } = telegram.emulator;
    const other = world.supergroup({ username: "other_group", title: "Other", members: [telegram.account] });
    const client = await telegram.client();
    const forward = await forwarding(telegram, client);
    const to = (await resolved(client, "@other_group")).peer;
    faults.add({ method: FORWARD, chatId: telegram.group.markedId, times: 1, action: { delayMs: 1_000 } });
    const first = forward();
    const second = forward({ to });
    expect(await Promise.race([first.then(() => "first"), second.then(() => "second")])).toBe("second");
    expect(await first).toMatchObject({ kind: "sent" });
    expect(record.entries().map((entry) => entry.chatId)).toEqual([other.markedId, telegram.group.markedId]);
  });
});

describe("calls that GramJS never settles", () => {
  test("a silent server: unknown at the deadline, and the next call goes by a new connection", async () => {
    const forward = await forwarding(telegram, await telegram.client({ gateway: SOON }));
    telegram.emulator.faults.add({ method: FORWARD, times: 1, action: { silence: true } });
    const id = randomId();
    expect(await forward({ randomId: id })).toEqual({ kind: "unknown", code: "NO_ANSWER" });
    expect(await forward({ randomId: id })).toMatchObject({ kind: "sent" });
    expect(telegram.emulator.counters.connectionsAccepted).toBe(2);
    expect(telegram.emulator.record.entries()).toHaveLength(1);
  });

  test("a server that takes the connection and says nothing, and one that is not there", async () => {
    const mute = await telegram.door({});
    const unknown = { kind: "unknown", code: "NO_CONNECTION" };
    expect(await telegram.connect({ gateway: { dc: mute.dc, deadlines: { connectMs: 500 } } })).toEqual(unknown);
    const gone = mute.dc;
    await mute.stop();
    expect(await telegram.connect({ gateway: { dc: gone, deadlines: { connectMs: 1_000 } } })).toEqual(unknown);
  });

  test("a call in flight when the client is closed", async () => {
    const client = await telegram.client();
    const forward = await forwarding(telegram, client);
    telegram.emulator.faults.add({ method: FORWARD, action: { silence: true } });
    const reached = until(() => telegram.calls(FORWARD) === 1);
    const outcome = forward();
    await reached;
    await Promise.all([client.close(), client.close()]);
    expect(await outcome).toEqual({ kind: "unknown", code: "CLOSED" });
    expect(await client.me()).toEqual({ kind: "unknown", code: "CLOSED" });
  });
});

describe("dropped connections", () => {
  test.each(["before", "after"] as const)(
    "%s the request was executed: it is asked again, and posted once",
    async (drop) => {
      const forward = await forwarding(telegram, await telegram.client());
      telegram.emulator.faults.add({ method: FORWARD, times: 1, action: { drop } });
      const outcome = await forward();
      const entries = telegram.emulator.record.entries();
      expect(entries).toHaveLength(1);
      expect(outcome).toEqual({ kind: "sent", messageId: entries[0]?.messageId });
      expect(telegram.calls(FORWARD)).toBe(2);
      expect(telegram.emulator.counters.keyDuplicates).toEqual([]);
    },
  );

  test("a refusal of the second asking says that the first was never answered: it may have been executed", async () => {
    const { faults, record } = telegram.emulator;
    const forward = await forwarding(telegram, await telegram.client());
    faults.add({ method: FORWARD, times: 1, action: { drop: "after" } });
    faults.add({ method: FORWARD, times: 1, action: { error: "FLOOD_WAIT_1", code: 420 } });
    expect(await forward()).toEqual({
      kind: "flood_wait",
      seconds: 1,
      method: "any",
      code: "FLOOD_WAIT_1",
      unanswered: true,
    });
    expect(record.entries()).toHaveLength(1);
  });

  test("nothing is resent once the outcome was said to be unknown", async () => {
    const forward = await forwarding(telegram, await telegram.client({ gateway: TWO_TRIES }));
    telegram.emulator.faults.add({ method: FORWARD, times: 2, action: { drop: "before" } });
    const [lost, later] = [randomId(), randomId()];
    expect(await forward({ randomId: lost })).toMatchObject({ kind: "unknown" });
    expect(await forward({ randomId: later })).toMatchObject({ kind: "sent" });
    expect(telegram.emulator.record.entries().map((entry) => entry.randomId)).toEqual([later.toString()]);
    expect(telegram.calls(FORWARD)).toBe(3);
  });

  test("reconnecting ends at the deadline", async () => {
    const forward = await forwarding(telegram, await telegram.client({ gateway: TWO_TRIES }));
    telegram.emulator.faults.add({ method: FORWARD, action: { drop: "before" } });
    expect(await forward()).toEqual({ kind: "unknown", code: "NO_ANSWER" });
    expect(telegram.calls(FORWARD)).toBe(2);
  });

  test("an idle connection that the server closed is made anew by the next call", async () => {
    const forward = await forwarding(telegram, await telegram.client());
    telegram.emulator.disconnect();
    expect(await forward()).toMatchObject({ kind: "sent" });
    expect(telegram.emulator.counters.connectionsAccepted).toBe(2);
  });

  test.each([{ halfPacket: true }, { wrongMsgKey: true }] as const)(
    "an answer that is damaged (%o) is asked again",
    async (action) => {
      const forward = await forwarding(telegram, await telegram.client({ gateway: SOON }));
      telegram.emulator.faults.add({ method: FORWARD, times: 1, action });
      const id = randomId();
      const outcome = await forward({ randomId: id });
      expect(["sent", "unknown"]).toContain(outcome.kind);
      expect(await forward({ randomId: id })).toMatchObject({ kind: "sent" });
      expect(telegram.emulator.record.entries()).toHaveLength(1);
    },
  );

  test.each([
    { changeSalt: true },
    { container: true },
    { gzip: true },
    { duplicate: true },
    { clockSkewSeconds: 4_000 },
  ] as const)("%o is no trouble", async (action) => {
    const forward = await forwarding(telegram, await telegram.client());
    telegram.emulator.faults.add({ method: FORWARD, times: 1, action });
    expect(await forward()).toMatchObject({ kind: "sent" });
    expect(await forward()).toMatchObject({ kind: "sent" });
    expect(telegram.emulator.record.entries()).toHaveLength(2);
  });

  test("a packet that comes a second time is not believed: an old salt does not take the place of the new", async () => {
    const between = await telegram.door({ to: parseDc(telegram.emulator.dc) });
    const forward = await forwarding(telegram, await telegram.client({ gateway: { dc: between.dc } }));
    const bytesOfForward = async () => {
      const before = between.written();
      expect(await forward()).toMatchObject({ kind: "sent" });
      return between.written() - before;
    };
    telegram.emulator.faults.add({ method: FORWARD, times: 1, action: { changeSalt: true } });
    await bytesOfForward(); // twice, for the first salt
    const once = await bytesOfForward();
    between.replay(); // the first salt again: one of these would go out with it, and have to go twice
    expect((await bytesOfForward()) + (await bytesOfForward())).toBeLessThan(2.5 * once);
  });

  test("packets may come in any pieces", async () => {
    const { dc } = await telegram.door({ to: parseDc(telegram.emulator.dc), crumble: true });
    const forward = await forwarding(telegram, await telegram.client({ gateway: { dc } }));
    expect(await forward()).toMatchObject({ kind: "sent" });
  });
});

describe("transport errors", () => {
  /** As the full transport frames it: length, number, the code as four bytes, checksum. */
  const transportError = (code: number): Buffer => {
    const packet = Buffer.alloc(16);
    packet.writeInt32LE(16, 0);
    packet.writeInt32LE(0, 4);
    packet.writeInt32LE(-code, 8);
    packet.writeUInt32LE(crc32(packet.subarray(0, 12)), 12);
    return packet;
  };
  const once = (code: number) => (n: number) => (n === 0 ? transportError(code) : undefined);

  test("−404 is believed the second time in a row", async () => {
    telegram.account.revokeKey(0, "forgotten");
    const dead = { kind: "session_dead", cause: "lost", code: "TRANSPORT_404" };
    expect(await telegram.connect()).toEqual(dead);
    expect(await telegram.connect({ authKey: randomBytes(256) })).toEqual(dead);
    expect(telegram.emulator.counters.connectionsAccepted).toBe(4);
  });

  test("−404 once, and then the key is known again", async () => {
    const { dc } = await telegram.door({ to: parseDc(telegram.emulator.dc), answer: once(404) });
    const forward = await forwarding(telegram, await telegram.client({ gateway: { dc } }));
    expect(await forward()).toMatchObject({ kind: "sent" });
  });

  test("−444 is the session's trouble alone: an admin has to look at it, and no bot is stopped for it", async () => {
    const { dc, connections } = await telegram.door({ answer: () => transportError(444) });
    expect(await telegram.connect({ gateway: { dc } })).toEqual({ kind: "session_limited", code: "TRANSPORT_444" });
    expect(connections()).toBe(1);
  });

  test("−429 is waited out", async () => {
    const { dc } = await telegram.door({ to: parseDc(telegram.emulator.dc), answer: once(429) });
    expect(await telegram.connect({ gateway: { dc } })).toMatchObject({ kind: "connected" });
  });
});

describe("the engine's word over the socket", () => {
  test("once `mayUse` says no, not a byte leaves, and the socket is cut", async () => {
    const between = await telegram.door({ to: parseDc(telegram.emulator.dc) });
    let may = true;
    const client = await telegram.client({ mayUse: () => may, gateway: { dc: between.dc } });
    const forward = await forwarding(telegram, client);
    may = false;
    const written = between.written();
    const lost = { kind: "unknown", code: "LEASE_LOST" };
    expect(client.ended).toBe(false);
    expect(await forward()).toEqual(lost);
    may = true;
    expect(await forward()).toEqual(lost);
    expect(client.ended).toBe(true);
    await until(() => telegram.emulator.counters.connectionsOpen === 0);
    expect(between.written()).toBe(written);
    expect(between.connections()).toBe(1);
    expect(telegram.emulator.record.entries()).toEqual([]);
  });

  test("a session that may not be used is not even dialled", async () => {
    expect(await telegram.connect({ mayUse: () => false })).toEqual({ kind: "unknown", code: "LEASE_LOST" });
    expect(telegram.emulator.counters.connectionsAccepted).toBe(0);
  });

  test("an abort cuts what is in flight and what is being connected", async () => {
    const engine = new AbortController();
    const client = await telegram.client({ signal: engine.signal });
    const forward = await forwarding(telegram, client);
    telegram.emulator.faults.add({ method: FORWARD, action: { silence: true } });
    const outcome = forward();
    await until(() => telegram.calls(FORWARD) === 1);
    engine.abort();
    const aborted = { kind: "unknown", code: "ABORTED" };
    expect(await outcome).toEqual(aborted);
    await until(() => telegram.emulator.counters.connectionsOpen === 0);
    expect(await telegram.connect({ signal: engine.signal })).toEqual(aborted);

    const mute = await telegram.door({});
    const late = new AbortController();
    const connecting = telegram.connect({ signal: late.signal, gateway: { dc: mute.dc } });
    await until(() => mute.connections() === 1);
    late.abort();
    expect(await connecting).toEqual(aborted);
  });

  test("after close nothing is written, and the signal holds nothing of the client", async () => {
    const engine = new AbortController();
    const removed = vi.spyOn(engine.signal, "removeEventListener");
    const between = await telegram.door({ to: parseDc(telegram.emulator.dc) });
    const client = await telegram.client({ signal: engine.signal, gateway: { dc: between.dc } });
    await client.close();
    const written = between.written();
    expect(await client.resolve("@open_group")).toEqual({ kind: "unknown", code: "CLOSED" });
    await until(() => telegram.emulator.counters.connectionsOpen === 0);
    expect(between.written()).toBe(written);
    expect(removed).toHaveBeenCalledWith("abort", expect.anything());
  });
});

describe("manners of a client", () => {
  test("requests leave at once: Nagle's algorithm is off", async () => {
    const noDelay = vi.spyOn(Socket.prototype, "setNoDelay");
    await telegram.client();
    const ports = noDelay.mock.contexts.map((socket) => (socket as Socket).remotePort);
    expect(ports).toContain(telegram.emulator.port);
  });

  test("nothing is printed, whatever happens", async () => {
    const prints = (["log", "info", "warn", "error", "debug"] as const).map((level) => vi.spyOn(console, level));
    const client = await telegram.client({ gateway: SOON });
    const forward = await forwarding(telegram, client);
    for (const action of [
      { drop: "before" },
      { silence: true },
      { error: "PEER_FLOOD", code: 400 },
      { wrongMsgKey: true },
    ] as const) {
      telegram.emulator.faults.add({ method: FORWARD, times: 1, action });
      await forward();
    }
    telegram.account.revokeKey();
    await forward();
    await client.close();
    for (const print of prints) expect(print).not.toHaveBeenCalled();
  });

  test("an account does not receive what others write in its groups", async () => {
    const sent = vi.spyOn(MTProtoSender.prototype, "send");
    const forward = await forwarding(telegram, await telegram.client());
    telegram.group.post("noise");
    expect(await forward()).toMatchObject({ kind: "sent" });
    expect(telegram.emulator.counters.updatesPushed).toBe(0);
    // One request without it would subscribe the connection. https://core.telegram.org/api/invoking
    const names = sent.mock.calls.map(([request]) => request.className);
    expect(new Set(names)).toEqual(new Set(["InvokeWithLayer", "InvokeWithoutUpdates"]));
  });

  test("an idle connection pings once a minute, and is given up when a ping stays without an answer", async () => {
    const between = await telegram.door({ to: parseDc(telegram.emulator.dc) });
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval", "setTimeout", "clearTimeout"] });
    try {
      const client = await telegram.client({ gateway: { dc: between.dc } });
      const written = between.written();
      await vi.advanceTimersByTimeAsync(59_000);
      expect(between.written()).toBe(written);
      between.mute();
      await vi.advanceTimersByTimeAsync(1_000);
      await until(() => between.written() > written);
      await vi.advanceTimersByTimeAsync(10_000);
      await until(() => telegram.emulator.counters.connectionsOpen === 0);
      await client.close();
      expect(vi.getTimerCount()).toBe(0);
    } finally {
      vi.useRealTimers();
    }
  });

  test("a process that closed its clients ends by itself, and a client keeps nothing of its sends", async () => {
    const program = fileURLToPath(new URL("./programs/short-life.ts", import.meta.url));
    const [messageId = 0] = telegram.channel.messages.keys();
    const input = JSON.stringify({
      dc: telegram.emulator.dc,
      authKey: telegram.account.authKey().toString("base64"),
      messageId,
    });
    const { stdout, stderr } = await promisify(execFile)(process.execPath, ["--expose-gc", program, input]);
    expect(stderr).toBe("");
    const { outcomes, left, bytesPerForward } = JSON.parse(stdout);
    expect(outcomes).toEqual({ sent: 1_200 });
    expect(left).toEqual([]);
    // GramJS's own session and entity cache keep about 900.
    expect(bytesPerForward).toBeLessThan(300);
  });
});
