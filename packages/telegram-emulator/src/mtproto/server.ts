import type { Counters } from "../counters.ts";
import type { FaultAction } from "../faults.ts";
import type { TlObject } from "../tl/codec.ts";
import { Reader, TlError } from "../tl/reader.ts";
import { mtprotoCodec } from "../tl/schemas.ts";
import { AuthKey } from "../world/auth-key.ts";
import type { World } from "../world/world.ts";
import type { Connection } from "./connection.ts";
import { decryptMessage, encryptMessage, FROM_CLIENT, FROM_SERVER } from "./crypto.ts";
import { Handshake } from "./handshake.ts";
import {
  CONTAINER_ID,
  envelopeHead,
  GZIP_PACKED_ID,
  type IncomingMessage,
  openEnvelope,
  readContainer,
  readGzip,
} from "./message.ts";
import type { RsaKey } from "./rsa-key.ts";
import { answerService } from "./service.ts";
import { type OutgoingMessage, type SendOptions, Session } from "./session.ts";

/** bad_msg_notification codes: https://core.telegram.org/mtproto/service_messages_about_messages#notice-of-ignored-error-message */
const TOO_LOW = 16;
const TOO_HIGH = 17;
const BAD_LOW_BITS = 18;
const BAD_SALT = 48;
/** A message id may be this much older or newer than the server's clock. Seconds. */
const OLDEST_SECONDS = 300;
const NEWEST_SECONDS = 30;

/** Sessions of one key beyond which the oldest unconnected one is forgotten. */
const MAX_SESSIONS_PER_KEY = 20;

const KEY_UNKNOWN = 404;

export type RequestHandler = (session: Session, connection: Connection, message: IncomingMessage, body: Buffer) => void;

/** MTProto itself: keys, sessions, salts, containers, service messages. API requests go to `onRequest`. */
export class MtprotoServer {
  readonly world: World;
  readonly counters: Counters;
  private readonly rsaKey: RsaKey;
  private readonly log: (line: string) => void;
  private readonly handshakes = new WeakMap<Connection, Handshake>();
  /** The sessions whose latest packet came over a connection. */
  private readonly attached = new WeakMap<Connection, Set<Session>>();
  private readonly sessions = new WeakMap<AuthKey, Map<bigint, Session>>();
  onRequest: RequestHandler = () => {};
  /** What is to happen to a service message of the server's, such as `pong`, on its way out. */
  serviceFault: (name: string, session: Session) => FaultAction | undefined = () => undefined;
  /** Messages held back until the next one of their session has left. */
  private readonly heldBack = new WeakMap<Session, OutgoingMessage>();

  constructor(options: { world: World; counters: Counters; rsaKey: RsaKey; log: (line: string) => void }) {
    this.world = options.world;
    this.counters = options.counters;
    this.rsaKey = options.rsaKey;
    this.log = options.log;
  }

  /** Takes one packet of a client. A packet that makes no sense costs the client its connection, nobody else anything. */
  receive(connection: Connection, packet: Buffer): void {
    try {
      if (packet.length < 24) throw new TlError(`a packet of ${packet.length} bytes`);
      const keyId = packet.readBigInt64LE(0);
      if (keyId === 0n) this.receivePlain(connection, packet);
      else this.receiveEncrypted(connection, keyId, packet);
    } catch (error) {
      if (!(error instanceof TlError)) {
        this.log(`connection ${connection.id}: internal error: ${error instanceof Error ? error.stack : error}`);
      }
      this.refuse(connection, error instanceof Error ? error.message : String(error));
    }
  }

  private refuse(connection: Connection, reason: string): void {
    this.counters.connectionsRefused++;
    this.log(`connection ${connection.id} refused: ${reason}`);
    connection.writeTransportError(KEY_UNKNOWN);
    connection.end();
  }

  private receivePlain(connection: Connection, packet: Buffer): void {
    const reader = new Reader(packet, 8);
    reader.long();
    const body = reader.raw(reader.int());
    const request = mtprotoCodec().decode(body);
    if (request._ === "msgs_ack") return;
    let handshake = this.handshakes.get(connection);
    if (!handshake) {
      handshake = new Handshake(this.rsaKey, () => this.world.nowSeconds());
      this.handshakes.set(connection, handshake);
    }
    const { answer, done } = handshakeStep(handshake, request);
    if (done) {
      const { authKey, salt, temporary } = done;
      this.world.keys.add(new AuthKey({ key: authKey, salt, temporary, dc: connection.dc }));
      this.counters.keyExchanges++;
      this.handshakes.delete(connection);
    }
    const encoded = mtprotoCodec().encode(answer);
    const plain = Buffer.allocUnsafe(20 + encoded.length);
    plain.writeBigInt64LE(0n, 0);
    plain.writeBigInt64LE((BigInt(this.world.nowSeconds()) << 32n) | 1n, 8);
    plain.writeInt32LE(encoded.length, 16);
    encoded.copy(plain, 20);
    connection.write(plain);
  }

  private receiveEncrypted(connection: Connection, keyId: bigint, packet: Buffer): void {
    const key = this.world.keys.get(keyId);
    if (!key || key.dc !== connection.dc || key.refusal?.kind === "forgotten") {
      connection.writeTransportError(KEY_UNKNOWN);
      connection.end();
      return;
    }
    const plain = decryptMessage(key.key, packet, FROM_CLIENT);
    if (!plain) throw new TlError("a packet's message key does not fit its content");
    const { salt, sessionId, message } = openEnvelope(plain);
    const { session, isNew } = this.session(key, sessionId);
    this.attach(session, connection);
    const complaint = this.complaint(message, salt, key);
    if (complaint) {
      this.sendService(session, complaint);
      return;
    }
    if (isNew) {
      const created = {
        _: "new_session_created",
        first_msg_id: message.id,
        unique_id: sessionId,
        server_salt: key.salt,
      };
      this.sendService(session, created, { isAnswer: false, isContent: true });
    }
    this.receiveMessage(session, connection, message);
  }

  /** The notice that a message is not accepted as it is, if so. */
  private complaint(message: IncomingMessage, salt: bigint, key: AuthKey): TlObject | undefined {
    const about = { bad_msg_id: message.id, bad_msg_seqno: message.sequence };
    const code = this.messageIdFault(message.id);
    if (code !== undefined) return { _: "bad_msg_notification", ...about, error_code: code };
    if (salt !== key.salt) return { _: "bad_server_salt", ...about, error_code: BAD_SALT, new_server_salt: key.salt };
    return undefined;
  }

  private messageIdFault(id: bigint): number | undefined {
    if ((id & 3n) !== 0n) return BAD_LOW_BITS;
    const seconds = Number(id >> 32n) - this.world.nowSeconds();
    if (seconds < -OLDEST_SECONDS) return TOO_LOW;
    return seconds > NEWEST_SECONDS ? TOO_HIGH : undefined;
  }

  private receiveMessage(
    session: Session,
    connection: Connection,
    message: IncomingMessage,
    body = message.body,
  ): void {
    const reader = new Reader(body);
    const id = reader.peekUint();
    if (id === CONTAINER_ID) {
      reader.uint();
      for (const inner of readContainer(reader)) {
        if (inner.body.readUInt32LE(0) === CONTAINER_ID) throw new TlError("a container inside a container");
        this.receiveMessage(session, connection, inner);
      }
      return;
    }
    if (id === GZIP_PACKED_ID && body === message.body) {
      reader.uint();
      this.receiveMessage(session, connection, message, readGzip(reader));
      return;
    }
    if (mtprotoCodec().definition(id)) {
      answerService(this, session, connection, message, mtprotoCodec().read(reader));
      return;
    }
    if (!session.begin(message.id)) {
      const answer = session.outgoing(session.answerOf(message.id) ?? 0n);
      if (answer) this.transmit(session, answer);
      return;
    }
    this.onRequest(session, connection, message, body);
  }

  /** Sends one message to a session; a session without a connection gets content when it comes back. @returns its id */
  send(session: Session, body: Buffer, options: SendOptions): OutgoingMessage {
    const message = this.prepare(session, body, options);
    this.transmit(session, message);
    return message;
  }

  /** Numbers a message and keeps it, without sending it. */
  prepare(session: Session, body: Buffer, options: SendOptions): OutgoingMessage {
    const message: OutgoingMessage = {
      id: session.nextMessageId(this.world.now(), options.isAnswer),
      sequence: session.nextSequence(options.isContent),
      body,
      ...(options.onAcknowledged && { onAcknowledged: options.onAcknowledged }),
    };
    if (options.isContent) session.keep(message);
    return message;
  }

  sendService(session: Session, value: TlObject, options: SendOptions = { isAnswer: true, isContent: false }): void {
    const fault = this.serviceFault(value._, session);
    if (fault && "silence" in fault) return;
    const message = this.prepare(session, mtprotoCodec().encode(value), options);
    if (fault && "reorder" in fault) this.holdBack(session, message);
    else if (fault && "delayMs" in fault) setTimeout(() => this.transmit(session, message), fault.delayMs);
    else this.transmit(session, message);
    if (fault && "duplicate" in fault) this.transmit(session, message);
  }

  transmit(session: Session, message: OutgoingMessage): void {
    const { connection } = session;
    if (!connection || connection.closed) return;
    connection.write(this.packet(session, message));
    this.releaseHeldBack(session);
  }

  /** Keeps a message until the session's next one has left. */
  holdBack(session: Session, message: OutgoingMessage): void {
    this.heldBack.set(session, message);
  }

  releaseHeldBack(session: Session): void {
    const held = this.heldBack.get(session);
    if (!held) return;
    this.heldBack.delete(session);
    this.transmit(session, held);
  }

  /** The encrypted packet of a message. */
  packet(session: Session, message: OutgoingMessage): Buffer {
    const { key } = session;
    const head = envelopeHead(key.salt, session.id, message.id, message.sequence, message.body.length);
    return encryptMessage(key.key, key.id, head, message.body, FROM_SERVER);
  }

  private session(key: AuthKey, id: bigint): { session: Session; isNew: boolean } {
    const ofKey = this.sessions.get(key) ?? new Map<bigint, Session>();
    this.sessions.set(key, ofKey);
    const known = ofKey.get(id);
    if (known) return { session: known, isNew: false };
    const session = new Session(id, key);
    ofKey.set(id, session);
    for (const [oldId, old] of ofKey) {
      if (ofKey.size <= MAX_SESSIONS_PER_KEY) break;
      if (!old.connection) ofKey.delete(oldId);
    }
    return { session, isNew: true };
  }

  private attach(session: Session, connection: Connection): void {
    if (session.connection === connection) return;
    session.connection = connection;
    this.attached.set(connection, (this.attached.get(connection) ?? new Set<Session>()).add(session));
    for (const message of session.unacknowledged()) this.transmit(session, message);
  }

  /** Leaves the sessions of a closed connection waiting for their next one. */
  detach(connection: Connection): void {
    for (const session of this.sessionsOver(connection))
      if (session.connection === connection) session.connection = undefined;
    this.attached.delete(connection);
  }

  sessionsOver(connection: Connection): ReadonlySet<Session> {
    return this.attached.get(connection) ?? new Set();
  }

  sessionsOf(key: AuthKey): Iterable<Session> {
    return this.sessions.get(key)?.values() ?? [];
  }

  /** @returns whether there was such a session */
  destroySession(key: AuthKey, id: bigint): boolean {
    return this.sessions.get(key)?.delete(id) ?? false;
  }
}

/** Crypto errors of malformed values (a point outside the group, say) are the client's fault like any other. */
function handshakeStep(handshake: Handshake, request: TlObject): ReturnType<Handshake["handle"]> {
  try {
    return handshake.handle(request);
  } catch (error) {
    throw new TlError(`key exchange: ${error instanceof Error ? error.message : error}`);
  }
}
