// What is changed of GramJS's sender and transport; that it is enough is tried over TCP (tcp/faults.test.ts).
import { AuthKey } from "telegram/crypto/AuthKey.js";
import { InvalidBufferError, RPCError, RPCMessageToError } from "telegram/errors/index.js";
import { ConnectionTCPFull } from "telegram/network/connection/index.js";
import { MTProtoSender } from "telegram/network/MTProtoSender.js";
import { RPCResult, TLMessage } from "telegram/tl/core/index.js";
import { Api } from "telegram/tl/index.js";
import { afterEach, describe, expect, test, vi } from "vitest";
import { OneShotSender, WatchedConnection } from "../src/gram/one-shot-sender.ts";

afterEach(() => void vi.restoreAllMocks());

function made() {
  const onLost = vi.fn();
  return { sender: new OneShotSender(new AuthKey(), 4, onLost), onLost };
}

describe("the sender", () => {
  test("neither waits nor connects again by itself, and checks what it receives", () => {
    expect(made().sender).toMatchObject({
      _dcId: 4,
      _retries: 1,
      _reconnectRetries: 0,
      _delay: 0,
      _connectTimeout: null,
      _authKeyCallback: null,
      _autoReconnect: false,
      _isMainSender: true,
      _securityChecks: true,
      _exportedSenderPromises: new Map(),
    });
  });

  test("is lost where GramJS would connect again, or has an error that it cannot place", async () => {
    const { sender, onLost } = made();
    expect(onLost).not.toHaveBeenCalled();
    sender.reconnect();
    expect(onLost).toHaveBeenCalledTimes(1);
    await (sender as unknown as { _client: { _errorHandler(): Promise<void> } })._client._errorHandler();
    expect(onLost).toHaveBeenCalledTimes(2);
  });
});

describe("an answer that a request fails with", () => {
  const answer = (body: Buffer | undefined) =>
    new TLMessage(1n as never, 0, new RPCResult(2n as never, body as Buffer, undefined as never));
  const failing = (error: unknown) =>
    vi.spyOn(MTProtoSender.prototype, "_handleRPCResult").mockImplementation(() => {
      throw error;
    });
  const bytes = Buffer.from("answer");

  test("for not being able to read it is kept by its bytes, and the connection is not ended for it", () => {
    const { sender } = made();
    const unread = new Error("unread");
    failing(unread);
    sender._handleRPCResult(answer(bytes));
    expect(sender.unread(unread)).toBe(bytes);
    for (const other of [new Error("unread"), "unread", null, undefined]) expect(sender.unread(other)).toBeUndefined();
  });

  test.each([
    [
      "Telegram's own error",
      RPCMessageToError(new Api.RpcError({ errorCode: 400, errorMessage: "X" }), new Api.help.GetConfig()),
    ],
    ["what is no error", { message: "unread" }],
    ["a word", "unread"],
  ])("is GramJS's to place, where that is %s", (_what, error) => {
    const { sender } = made();
    failing(error);
    expect(() => sender._handleRPCResult(answer(bytes))).toThrow(error instanceof RPCError ? error : undefined);
    expect(sender.unread(error)).toBeUndefined();
  });

  test("is GramJS's to place, where it has no bytes", () => {
    const { sender } = made();
    const error = new Error("unread");
    failing(error);
    expect(() => sender._handleRPCResult(answer(undefined))).toThrow(error);
    expect(sender.unread(error)).toBeUndefined();
  });
});

describe("the transport", () => {
  function transport() {
    const codes: number[] = [];
    const guard = { mayWrite: () => false, onRefused: vi.fn() };
    const made = new WatchedConnection({ id: 4, host: "10.0.0.4", port: 8443 }, guard, (code) => codes.push(code));
    return { made, codes, guard };
  }
  const receiving = () => vi.spyOn(ConnectionTCPFull.prototype, "_recv");
  const code = (value: number) => {
    const packet = Buffer.alloc(4);
    packet.writeInt32LE(value);
    return packet;
  };

  test("goes where it is told, by a socket that is guarded", () => {
    const { made, guard } = transport();
    expect(made).toMatchObject({ _ip: "10.0.0.4", _port: 8443, _dcId: 4, _testServers: false });
    expect(() => made.socket.write(Buffer.from("a"))).toThrow();
    expect(guard.onRefused).toHaveBeenCalledTimes(1);
  });

  test("tells of a packet that is an error code, and hands on every other", async () => {
    const { made, codes } = transport();
    for (const packet of [Buffer.alloc(0), Buffer.from("abcde"), code(-429)]) {
      receiving().mockResolvedValueOnce(packet);
      expect(await made._recv()).toBe(packet);
    }
    expect(codes).toEqual([429]);
  });

  test.each([
    ["an error code that GramJS found itself", new InvalidBufferError(code(-404)), [404]],
    ["a packet that is too short", new InvalidBufferError(Buffer.alloc(3)), []],
    ["the end of the connection", Object.assign(new Error("closed"), { code: 404 }), []],
  ])("fails with %s, and tells of a code alone", async (_what, error, told) => {
    const { made, codes } = transport();
    receiving().mockRejectedValueOnce(error);
    await expect(made._recv()).rejects.toBe(error);
    expect(codes).toEqual(told);
  });
});
