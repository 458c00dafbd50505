import type { TlObject } from "../tl/codec.ts";
import { mtprotoCodec } from "../tl/schemas.ts";
import type { AuthKey } from "../world/auth-key.ts";
import type { Connection } from "./connection.ts";
import { type IncomingMessage, rpcResult } from "./message.ts";
import type { OutgoingMessage, SendOptions, Session } from "./session.ts";

/** Salts stay valid for this long in future_salts. Seconds. */
const SALT_VALID_SECONDS = 1800;

/** msgs_state_info bytes: https://core.telegram.org/mtproto/service_messages_about_messages#informational-message-regarding-status-of-messages */
const NOT_RECEIVED = 1;
const RECEIVED = 4;

/** The server, as far as its own messages need it. */
export interface ServiceServer {
  readonly world: { nowSeconds(): number; readonly keys: { remove(key: AuthKey): void } };
  send(session: Session, body: Buffer, options: SendOptions): void;
  sendService(session: Session, value: TlObject): void;
  transmit(session: Session, message: OutgoingMessage): void;
  destroySession(key: AuthKey, id: bigint): boolean;
}

/** Answers MTProto's own messages. Those that only inform are dropped. */
export function answerService(
  server: ServiceServer,
  session: Session,
  connection: Connection,
  message: IncomingMessage,
  value: TlObject,
): void {
  switch (value._) {
    case "msgs_ack":
      for (const id of value.msg_ids as bigint[]) session.acknowledge(id);
      return;
    case "ping_delay_disconnect":
      connection.disconnectAt = Date.now() + (value.disconnect_delay as number) * 1000;
      server.sendService(session, { _: "pong", msg_id: message.id, ping_id: value.ping_id });
      return;
    case "ping":
      server.sendService(session, { _: "pong", msg_id: message.id, ping_id: value.ping_id });
      return;
    case "get_future_salts": {
      const now = server.world.nowSeconds();
      const salt = { valid_since: now, valid_until: now + SALT_VALID_SECONDS, salt: session.key.salt };
      server.sendService(session, { _: "future_salts", req_msg_id: message.id, now, salts: [salt] });
      return;
    }
    case "destroy_session": {
      const destroyed = server.destroySession(session.key, value.session_id as bigint);
      server.sendService(session, {
        _: destroyed ? "destroy_session_ok" : "destroy_session_none",
        session_id: value.session_id,
      });
      return;
    }
    case "rpc_drop_answer":
      answerAsResult(server, session, message, { _: "rpc_answer_unknown" });
      return;
    case "msgs_state_req": {
      const ids = value.msg_ids as bigint[];
      const info = Buffer.from(ids.map((id) => (session.answerOf(id) === undefined ? NOT_RECEIVED : RECEIVED)));
      server.sendService(session, { _: "msgs_state_info", req_msg_id: message.id, info });
      return;
    }
    case "msg_resend_req":
      for (const id of value.msg_ids as bigint[]) {
        const outgoing = session.outgoing(id);
        if (outgoing) server.transmit(session, outgoing);
      }
      return;
    case "destroy_auth_key":
      answerAsResult(server, session, message, { _: "destroy_auth_key_ok" });
      server.world.keys.remove(session.key);
      return;
    default:
      return;
  }
}

function answerAsResult(server: ServiceServer, session: Session, message: IncomingMessage, result: TlObject): void {
  const body = rpcResult(message.id, mtprotoCodec().encode(result));
  server.send(session, body, { isAnswer: true, isContent: true });
}
