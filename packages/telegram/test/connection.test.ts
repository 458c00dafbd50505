// One connection from its dial to its end, with GramJS's sender as a script: what a request comes to, and who hears of the end.
import { AuthKey } from "telegram/crypto/AuthKey.js";
import { ConnectionTCPFull } from "telegram/network/connection/index.js";
import { Api } from "telegram/tl/index.js";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type End, GramConnection } from "../src/gram/connection.ts";
import { OneShotSender, WatchedConnection } from "../src/gram/one-shot-sender.ts";
import { GuardedSocket } from "../src/gram/socket.ts";

const NOW = new Date("2030-01-01T12:00:00Z");
const MINUTE_MS = 60_000;
const LOST = { kind: "lost" };
const greeting = new Api.updates.GetState();
const request = new Api.help.GetNearestDc();

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date", "setTimeout", "clearTimeout", "setInterval", "clearInterval"], now: NOW });
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

const never = new Promise<never>(() => {});

/** What GramJS's sender comes to: whether it stands after its dial, and what it answers, one after the other. */
function scripted({ stands = true, answers = [] }: { stands?: boolean; answers?: Promise<unknown>[] } = {}) {
  const left = [...answers];
  const connect = vi.spyOn(OneShotSender.prototype, "connect").mockImplementation(async () => stands);
  const send = vi.spyOn(OneShotSender.prototype, "send").mockImplementation(() => left.shift() ?? never);
  const disconnect = vi.spyOn(OneShotSender.prototype, "disconnect").mockResolvedValue();
  const close = vi.spyOn(GuardedSocket.prototype, "close");
  const ends: End[] = [];
  let mayWrite = true;
  const connection = new GramConnection(
    { authKey: new AuthKey(), address: { id: 2, host: "127.0.0.1", port: 443 } },
    { mayWrite: () => mayWrite, onEnd: (end) => void ends.push(end) },
  );
  return {
    ...{ connection, connect, disconnect, close, ends },
    sent: () => send.mock.calls.map(([sent]) => sent),
    sender: () => {
      const [sender] = connect.mock.contexts;
      if (!(sender instanceof OneShotSender)) throw new Error("It was not dialled.");
      return sender;
    },
    transport: () => {
      const [transport] = connect.mock.calls[0] ?? [];
      if (!(transport instanceof WatchedConnection)) throw new Error("It was not dialled.");
      return transport;
    },
    loseLease: () => {
      mayWrite = false;
    },
  };
}
const says = (value: unknown) => Promise.resolve(value);
const fails = (error: unknown) => {
  const failure = Promise.reject(error);
  failure.catch(() => {});
  return failure;
};

describe("a start", () => {
  test("dials its address and sends the first request", async () => {
    const { connection, connect, transport, sent, ends } = scripted({ answers: [says("state")] });
    expect(await connection.start(greeting, 5_000)).toEqual({ kind: "result", value: "state" });
    expect(connect.mock.calls).toEqual([[transport(), false]]);
    expect(transport()).toMatchObject({ _ip: "127.0.0.1", _port: 443, _dcId: 2 });
    expect([sent(), ends]).toEqual([[greeting], []]);
  });

  test("that does not come to stand is lost, and nothing is sent", async () => {
    const { connection, sent, ends, close } = scripted({ stands: false });
    expect(await connection.start(greeting, 5_000)).toEqual(LOST);
    await connection.destroy();
    expect([sent(), ends]).toEqual([[], [{ kind: "dropped" }]]);
    expect(close).toHaveBeenCalledTimes(1);
  });
});

describe("a request", () => {
  test("comes to its result, its error, or the bytes that GramJS could not read", async () => {
    const [broken, unread] = [new Error("broken"), new Error("unread")];
    const bytes = Buffer.from("answer");
    const { connection } = scripted({ answers: [says("near"), fails(broken), fails(unread)] });
    vi.spyOn(OneShotSender.prototype, "unread").mockImplementation((error) => (error === unread ? bytes : undefined));
    expect(await connection.invoke(request, 1_000)).toEqual({ kind: "result", value: "near" });
    expect(await connection.invoke(request, 1_000)).toEqual({ kind: "error", error: broken });
    expect(await connection.invoke(request, 1_000)).toEqual({ kind: "unread", bytes });
    expect(vi.getTimerCount()).toBe(0);
  });

  test("without an answer in its time comes to that, and the connection stays", async () => {
    const { connection, sent, ends } = scripted({ answers: [never, says("near")] });
    const answers: unknown[] = [];
    const asked = connection.invoke(request, 1_000).then((answer) => answers.push(answer));
    await vi.advanceTimersByTimeAsync(999);
    expect(answers).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    await asked;
    expect(answers).toEqual([{ kind: "timeout" }]);
    expect(await connection.invoke(request, 1_000)).toEqual({ kind: "result", value: "near" });
    expect([sent(), ends]).toEqual([[request, request], []]);
  });

  test("that waits when the connection ends is lost, and one after it is not sent", async () => {
    const { connection, sent } = scripted();
    const waiting = [connection.invoke(request, 1_000), connection.invoke(greeting, 1_000)];
    const destroyed = connection.destroy();
    expect(await Promise.all(waiting)).toEqual([LOST, LOST]);
    expect(await connection.invoke(request, 1_000)).toEqual(LOST);
    await destroyed;
    expect([sent(), vi.getTimerCount()]).toEqual([[request, greeting], 0]);
  });
});

describe("the end", () => {
  test("is made once, of sender and socket, and whoever made it hears nothing of it", async () => {
    const { connection, sender, transport, disconnect, close, ends } = scripted({ answers: [says("state")] });
    await connection.start(greeting, 5_000);
    expect(connection.destroy()).toBe(connection.destroy());
    await connection.destroy();
    expect(sender()).toMatchObject({ userDisconnected: true });
    expect([disconnect.mock.calls.length, close.mock.calls.length, vi.getTimerCount()]).toEqual([1, 1, 0]);
    expect(close.mock.contexts).toEqual([transport().socket]);
    sender().reconnect();
    expect(ends).toEqual([]);
  });

  test("of itself is told once, and nothing is left open", async () => {
    const { connection, sender, close, ends } = scripted({ answers: [says("state"), never] });
    await connection.start(greeting, 5_000);
    const waiting = connection.invoke(request, 1_000);
    sender().reconnect();
    sender().reconnect();
    expect(await waiting).toEqual(LOST);
    await connection.destroy();
    expect([ends, close.mock.calls.length, vi.getTimerCount()]).toEqual([[{ kind: "dropped" }], 1, 0]);
  });

  test("by a transport error is told with its code", async () => {
    const { connection, transport, ends } = scripted({ answers: [says("state")] });
    await connection.start(greeting, 5_000);
    const packet = Buffer.alloc(4);
    packet.writeInt32LE(-404);
    vi.spyOn(ConnectionTCPFull.prototype, "_recv").mockResolvedValue(packet);
    expect(await transport()._recv()).toBe(packet);
    expect(ends).toEqual([{ kind: "transport_error", code: 404 }]);
  });

  test("by a write that was not allowed is told as that", async () => {
    const { connection, transport, loseLease, ends } = scripted({ answers: [says("state")] });
    await connection.start(greeting, 5_000);
    loseLease();
    expect(() => transport().socket.write(Buffer.from("a"))).toThrow("The socket is closed.");
    expect(ends).toEqual([{ kind: "refused_write" }]);
  });
});

describe("an idle connection", () => {
  const ping = (minutes: number) =>
    expect.objectContaining({
      className: "PingDelayDisconnect",
      pingId: expect.objectContaining({ value: BigInt(NOW.getTime() + minutes * MINUTE_MS) }),
      disconnectDelay: 75,
    });

  test("is kept by a ping a minute", async () => {
    const { connection, sent, ends } = scripted({ answers: [says("state"), says("pong"), says("pong")] });
    await connection.start(greeting, 5_000);
    await vi.advanceTimersByTimeAsync(MINUTE_MS - 1);
    expect(sent()).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(MINUTE_MS + 1);
    expect(sent()).toEqual([greeting, ping(1), ping(2)]);
    expect(ends).toEqual([]);
    await connection.destroy();
  });

  test("is kept, too, where the first answer could not be read", async () => {
    vi.spyOn(OneShotSender.prototype, "unread").mockReturnValue(Buffer.alloc(4));
    const { connection, sent } = scripted({ answers: [fails(new Error("unread")), says("pong")] });
    expect(await connection.start(greeting, 5_000)).toMatchObject({ kind: "unread" });
    await vi.advanceTimersByTimeAsync(MINUTE_MS);
    expect(sent()).toHaveLength(2);
    await connection.destroy();
  });

  test("is given up ten seconds after a ping that stays without an answer", async () => {
    const { connection, ends } = scripted({ answers: [says("state")] });
    await connection.start(greeting, 5_000);
    await vi.advanceTimersByTimeAsync(MINUTE_MS + 9_999);
    expect(ends).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect([ends, vi.getTimerCount()]).toEqual([[{ kind: "dropped" }], 0]);
  });

  test("is given up when a ping fails", async () => {
    const { connection, ends } = scripted({ answers: [says("state"), fails(new Error("broken"))] });
    await connection.start(greeting, 5_000);
    await vi.advanceTimersByTimeAsync(MINUTE_MS);
    expect(ends).toEqual([{ kind: "dropped" }]);
  });

  test.each([
    ["refused", { answers: [fails(new Error("refused"))] }],
    ["not answered", { answers: [] }],
    ["not connected", { stands: false }],
  ])("that was %s at its start is not pinged", async (_what, script) => {
    const { connection } = scripted(script);
    const started = connection.start(greeting, 5_000);
    await vi.advanceTimersByTimeAsync(5_000);
    await started;
    expect(vi.getTimerCount()).toBe(0);
  });

  test("that is ended at any step of its start is not pinged", async () => {
    for (let steps = 0; steps < 8; steps += 1) {
      const { promise, resolve } = Promise.withResolvers<unknown>();
      const { connection } = scripted({ answers: [promise] });
      const started = connection.start(greeting, 5_000);
      await vi.advanceTimersByTimeAsync(0);
      resolve("state");
      for (let step = 0; step < steps; step += 1) await undefined;
      await connection.destroy();
      await started;
      expect(vi.getTimerCount()).toBe(0);
      vi.restoreAllMocks();
    }
  });
});
