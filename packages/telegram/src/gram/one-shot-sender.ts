import type { TelegramClient as GramClient } from "telegram";
import type { AuthKey } from "telegram/crypto/AuthKey.js";
import { InvalidBufferError, RPCError } from "telegram/errors/index.js";
import { Logger, LogLevel } from "telegram/extensions/Logger.js";
import { ConnectionTCPFull } from "telegram/network/connection/index.js";
import { MTProtoSender } from "telegram/network/MTProtoSender.js";
import type { TLMessage } from "telegram/tl/core/index.js";
import { guardedSocket, type WriteGuard } from "./socket.ts";

/** GramJS prints to the console from INFO up, and prints errors beside its logger unless that says no. */
const quiet = new Logger(LogLevel.NONE);

/**
 * GramJS's MTProto sender for a single connection. GramJS reconnects and resends without end, also after we have said that the
 * outcome is not known; here the end of the connection is the end of the sender, and what was asked is asked anew on the next.
 */
export class OneShotSender extends MTProtoSender {
  readonly #onLost: () => void;
  readonly #unread = new WeakMap<Error, Buffer>();

  constructor(authKey: AuthKey, dcId: number, onLost: () => void) {
    super(authKey, {
      logger: quiet,
      dcId,
      retries: 1,
      reconnectRetries: 0,
      delay: 0,
      connectTimeout: null,
      authKeyCallback: null,
      autoReconnect: false,
      isMainSender: true,
      securityChecks: true,
      // All that it asks of its client: where to take an error that it cannot place.
      client: { _errorHandler: async () => onLost() } as unknown as GramClient,
      _exportedSenderPromises: new Map(),
    });
    this.#onLost = onLost;
  }

  override reconnect(): void {
    this.#onLost();
  }

  /** The bytes of the answer that a request failed with `error` for not being able to read. */
  unread(error: unknown): Buffer | undefined {
    return error instanceof Error ? this.#unread.get(error) : undefined;
  }

  /** GramJS gives an answer that it cannot read to the request as an error, and then ends the connection as if it were broken. */
  override _handleRPCResult(message: TLMessage): void {
    try {
      super._handleRPCResult(message);
    } catch (error) {
      const { body }: { body?: unknown } = message.obj;
      if (error instanceof RPCError || !(error instanceof Error) || !Buffer.isBuffer(body)) throw error;
      this.#unread.set(error, body);
    }
  }
}

/** Full transport (the only one of GramJS's that reads packets which arrive in pieces), telling of transport errors. */
export class WatchedConnection extends ConnectionTCPFull {
  readonly #onTransportError: (code: number) => void;

  constructor(
    address: { id: number; host: string; port: number },
    guard: WriteGuard,
    onTransportError: (code: number) => void,
  ) {
    super({
      ip: address.host,
      port: address.port,
      dcId: address.id,
      loggers: quiet,
      socket: guardedSocket(guard),
      testServers: false,
    });
    this.#onTransportError = onTransportError;
  }

  /** A packet of four bytes is an error code. https://core.telegram.org/mtproto/mtproto-transports#transport-errors */
  override async _recv(): Promise<Buffer> {
    try {
      const packet: Buffer = await super._recv();
      if (packet.length === 4) this.#onTransportError(-packet.readInt32LE(0));
      return packet;
    } catch (error) {
      if (error instanceof InvalidBufferError && error.code !== undefined) this.#onTransportError(error.code);
      throw error;
    }
  }
}
