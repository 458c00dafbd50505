import type { Counters } from "../counters.ts";
import { type IncomingMessage, rpcResult, writeContainer, writeGzip } from "../mtproto/message.ts";
import type { MtprotoServer } from "../mtproto/server.ts";
import type { OutgoingMessage, Session } from "../mtproto/session.ts";
import type { DeliveryRecord, Wait } from "../record.ts";
import { type RpcError, waitSeconds } from "../rpc-error.ts";
import type { Codec, TlObject } from "../tl/codec.ts";
import { mtprotoCodec } from "../tl/schemas.ts";
import { Writer } from "../tl/writer.ts";
import type { Answer } from "./context.ts";

/** How an answer is to be spoilt on its way out. */
export interface Reply {
  readonly halfPacket?: true;
  readonly wrongMsgKey?: true;
  readonly unreadable?: true;
  readonly container?: true;
  readonly gzip?: true;
  readonly duplicate?: true;
  readonly reorder?: true;
  readonly answerDelayMs?: number;
}

/** The part of a call that its answer needs. */
export interface Asked {
  readonly session: Session;
  readonly message: IncomingMessage;
  readonly method?: string;
  readonly account?: { readonly id: number } | undefined;
  readonly chatId?: number | undefined;
}

const BAD_SALT = 48;
/** The id of a type that is in no schema. */
const UNKNOWN_TYPE = Buffer.from("badc0de5", "hex");
const BOOL_TRUE_ID = 0x997275b5;
const BOOL_FALSE_ID = 0xbc799737;

/** Puts answers on the wire, spoilt if a fault says so. */
export class Answerer {
  private readonly server: MtprotoServer;
  private readonly counters: Counters;
  private readonly record: DeliveryRecord;

  constructor(server: MtprotoServer, counters: Counters, record: DeliveryRecord) {
    this.server = server;
    this.counters = counters;
    this.record = record;
  }

  answer(asked: Asked, codec: Codec, answer: Answer, reply: Reply): void {
    this.result(asked, encodeAnswer(codec, answer), reply);
  }

  error(asked: Asked, error: RpcError, reply: Reply): void {
    this.counters.error(error.message);
    const body = mtprotoCodec().encode({
      _: "rpc_error",
      error_code: error.code,
      error_message: Buffer.from(error.message),
    });
    const wait = this.noteWait(asked, error);
    this.result(
      asked,
      body,
      reply,
      wait &&
        (() => {
          wait.acknowledged = true;
        }),
    );
  }

  badSalt(session: Session, message: IncomingMessage): void {
    this.server.sendService(session, {
      _: "bad_server_salt",
      bad_msg_id: message.id,
      bad_msg_seqno: message.sequence,
      error_code: BAD_SALT,
      new_server_salt: session.key.salt,
    });
  }

  private noteWait(asked: Asked, error: RpcError): Wait | undefined {
    const asks = waitSeconds(error.message);
    if (!asks || !asked.account || !asked.method) return undefined;
    const at = Date.now();
    const wait: Wait = {
      kind: asks.kind,
      accountId: asked.account.id,
      chatId: asked.chatId,
      method: asked.method,
      seconds: asks.seconds,
      at,
      until: at + asks.seconds * 1000,
      connectionId: asked.session.connection?.id ?? 0,
      acknowledged: false,
    };
    this.record.addWait(wait);
    return wait;
  }

  private result(asked: Asked, result: Buffer, reply: Reply, onAcknowledged?: () => void): void {
    const { session, message } = asked;
    const value = reply.unreadable ? UNKNOWN_TYPE : result;
    const body = rpcResult(message.id, reply.gzip ? writeGzip(value) : value);
    const outgoing = this.server.prepare(session, body, {
      isAnswer: true,
      isContent: true,
      ...(onAcknowledged && { onAcknowledged }),
    });
    session.answered(message.id, outgoing.id);
    if (reply.answerDelayMs !== undefined) {
      setTimeout(() => this.server.transmit(session, outgoing), reply.answerDelayMs);
      return;
    }
    if (reply.reorder) {
      this.server.holdBack(session, outgoing);
      return;
    }
    this.transmit(session, outgoing, reply);
    this.server.releaseHeldBack(session);
  }

  private transmit(session: Session, outgoing: OutgoingMessage, reply: Reply): void {
    const { connection } = session;
    if (!connection || connection.closed) return;
    if (reply.container) {
      this.transmitInContainer(session, outgoing);
      return;
    }
    const packet = this.server.packet(session, outgoing);
    if (reply.wrongMsgKey) {
      const spoilt = Buffer.from(packet);
      spoilt.writeUInt8((spoilt.readUInt8(8) + 1) & 0xff, 8);
      connection.write(spoilt);
    } else if (reply.halfPacket) {
      const framed = connection.frame(packet);
      connection.writeRaw(framed.subarray(0, framed.length >> 1));
      connection.end();
    } else {
      connection.write(packet);
      if (reply.duplicate) connection.write(packet);
    }
  }

  private transmitInContainer(session: Session, outgoing: OutgoingMessage): void {
    const ack: TlObject = { _: "msgs_ack", msg_ids: [outgoing.id] };
    const pong = this.server.prepare(session, mtprotoCodec().encode(ack), { isAnswer: true, isContent: false });
    const container = this.server.prepare(session, writeContainer([outgoing, pong]), {
      isAnswer: true,
      isContent: false,
    });
    this.server.transmit(session, container);
  }
}

function encodeAnswer(codec: Codec, answer: Answer): Buffer {
  if (typeof answer === "boolean") {
    const writer = new Writer();
    writer.uint(answer ? BOOL_TRUE_ID : BOOL_FALSE_ID);
    return writer.take();
  }
  if (Array.isArray(answer)) return codec.encodeVector(answer as readonly TlObject[]);
  return codec.encode(answer as TlObject);
}
