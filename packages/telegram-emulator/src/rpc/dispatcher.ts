import type { Counters } from "../counters.ts";
import type { FaultAction, Faults } from "../faults.ts";
import { METHODS, PUBLIC_METHODS, WRITING_METHODS } from "../methods/index.ts";
import type { Connection } from "../mtproto/connection.ts";
import { KeyWatch } from "../mtproto/key-watch.ts";
import type { IncomingMessage } from "../mtproto/message.ts";
import type { MtprotoServer } from "../mtproto/server.ts";
import type { Session } from "../mtproto/session.ts";
import type { DeliveryRecord } from "../record.ts";
import { RpcError } from "../rpc-error.ts";
import { TlError } from "../tl/reader.ts";
import type { Layers } from "../tl/schemas.ts";
import type { Account } from "../world/account.ts";
import type { Logins } from "../world/logins.ts";
import type { World } from "../world/world.ts";
import { Answerer, type Reply } from "./answerer.ts";
import type { ApiIdWatch } from "./api-id-watch.ts";
import type { Answer, Context, DataCentre, Handler, PublicHandler } from "./context.ts";
import { type ApiRequest, chatOf, randomIdsOf, readRequest, UnknownLayer } from "./request.ts";
import type { UpdateHub } from "./update-hub.ts";

export interface DispatcherOptions {
  readonly world: World;
  readonly server: MtprotoServer;
  readonly layers: Layers;
  readonly faults: Faults;
  readonly record: DeliveryRecord;
  readonly counters: Counters;
  readonly logins: Logins;
  readonly hub: UpdateHub;
  readonly apiIdWatch: ApiIdWatch;
  readonly dcs: () => readonly DataCentre[];
  readonly pause: (ms: number) => void;
  readonly log: (line: string) => void;
}

/** A request under way: who asks for what, and how the answer has to go out. */
interface Call {
  readonly session: Session;
  readonly connection: Connection;
  readonly message: IncomingMessage;
  readonly request: ApiRequest;
  readonly method: string;
  readonly account: Account | undefined;
  readonly chatId: number | undefined;
  readonly randomIds: readonly bigint[];
}

/** From a request's bytes to its answer: layer, authorisation, faults, the method itself. */
export class Dispatcher {
  private readonly options: DispatcherOptions;
  private readonly keyWatch = new KeyWatch();
  private readonly answerer: Answerer;

  constructor(options: DispatcherOptions) {
    this.options = options;
    this.answerer = new Answerer(options.server, options.counters, options.record);
  }

  handle(session: Session, connection: Connection, message: IncomingMessage, body: Buffer): void {
    const call = this.read(session, connection, message, body);
    if (!call) return;
    const earlier = session.unfinished(call.request.after);
    if (earlier.length === 0) this.start(call);
    else void Promise.all(earlier).then(() => this.start(call));
  }

  private start(call: Call): void {
    this.options.counters.call(call.method);
    const refusal = this.refusal(call);
    if (refusal) {
      this.answerer.error(call, refusal, {});
      return;
    }
    this.noteSend(call);
    const waitSeconds = call.account ? this.options.world.flood.take(call.account.id, call.method, Date.now()) : 0;
    if (waitSeconds > 0) {
      this.answerer.error(call, new RpcError(420, `FLOOD_WAIT_${waitSeconds}`), {});
      return;
    }
    const action = this.options.faults.match({
      method: call.method,
      needsLogin: !(call.method in PUBLIC_METHODS),
      accountId: call.account?.id,
      chatId: call.chatId,
      randomIds: call.randomIds.map(String),
    });
    if (action) this.runWithFault(call, action);
    else this.run(call, {});
  }

  private read(session: Session, connection: Connection, message: IncomingMessage, body: Buffer): Call | undefined {
    const { key } = session;
    try {
      const request = readRequest(body, this.options.layers, key.layer);
      key.layer = request.layer;
      if (request.apiId !== undefined) {
        key.apiId = request.apiId;
        this.options.apiIdWatch.begin(request.apiId, key, connection);
      }
      if (request.apiId !== undefined || !session.hasCalled) session.wantsUpdates = !request.withoutUpdates;
      session.hasCalled = true;
      const { params } = request;
      const { account } = key;
      const chatId = chatOf(params, account);
      return {
        session,
        connection,
        message,
        request,
        method: params._,
        account,
        chatId,
        randomIds: randomIdsOf(params),
      };
    } catch (error) {
      if (!(error instanceof TlError) && !(error instanceof UnknownLayer)) throw error;
      this.options.log(`connection ${connection.id}: ${error.message}`);
      const code = error instanceof UnknownLayer ? "CONNECTION_LAYER_INVALID" : "INPUT_FETCH_FAIL";
      this.answerer.error({ session, message }, new RpcError(400, code), {});
      return undefined;
    }
  }

  /** Why this key may not call this method, if so. */
  private refusal(call: Call): RpcError | undefined {
    const { key } = call.session;
    if (key.refusal?.kind === "error") return new RpcError(key.refusal.code, key.refusal.message);
    const duplicate = this.duplicateUse(call);
    if (duplicate) return duplicate;
    if (key.apiId !== undefined && !this.options.world.apiIds.accepts(key.apiId)) {
      return new RpcError(400, "CONNECTION_API_ID_INVALID");
    }
    if (key.temporary) return new RpcError(401, "AUTH_KEY_PERM_EMPTY");
    if (call.method in PUBLIC_METHODS) return undefined;
    const { account } = call;
    if (!account)
      return new RpcError(401, key.passwordPendingFor ? "SESSION_PASSWORD_NEEDED" : "AUTH_KEY_UNREGISTERED");
    switch (account.status) {
      case "banned":
        return new RpcError(401, "USER_DEACTIVATED_BAN");
      case "deactivated":
        return new RpcError(401, "USER_DEACTIVATED");
      case "frozen":
        return WRITING_METHODS.has(call.method) ? new RpcError(420, "FROZEN_METHOD_INVALID") : undefined;
      case "active":
        return account.dc === key.dc ? undefined : new RpcError(303, `USER_MIGRATE_${account.dc}`);
      default:
        return account.status satisfies never;
    }
  }

  /** Telegram ends a key that is used over two connections at once, and says so on every later use. */
  private duplicateUse(call: Call): RpcError | undefined {
    const { session, connection, method, account } = call;
    const now = Date.now();
    const duplicate = this.keyWatch.use(session.key, connection, session.id, now);
    if (!duplicate) return undefined;
    this.options.counters.keyDuplicates.push({
      accountId: account?.id,
      at: now,
      method,
      connectionId: connection.id,
      ...duplicate,
    });
    session.key.refuse(406, "AUTH_KEY_DUPLICATED");
    return new RpcError(406, "AUTH_KEY_DUPLICATED");
  }

  private noteSend(call: Call): void {
    if (call.account === undefined || call.randomIds.length === 0) return;
    const { account } = call;
    const isEarly = this.options.record.noteSend({
      method: call.method,
      accountId: call.account.id,
      chatId: call.chatId,
      randomIds: call.randomIds.map(String),
      at: Date.now(),
      connectionId: call.connection.id,
    });
    if (isEarly && this.options.world.flood.ignoredWait(account.id)) account.limit("PEER_FLOOD");
  }

  private runWithFault(call: Call, action: FaultAction): void {
    const { connection, session } = call;
    if ("error" in action) this.answerer.error(call, new RpcError(action.code, action.error), {});
    else if ("drop" in action) {
      connection.close();
      // The session keeps the answer for its next connection; a request that was not executed is one never received.
      if (action.drop === "after") this.run(call, {});
      else session.forget(call.message.id);
    } else if ("silence" in action) {
      if (action.silence === "after") this.execute(call);
    } else if ("delayMs" in action) this.runLater(call, action.delayMs);
    else if ("pauseMs" in action) {
      this.options.pause(action.pauseMs);
      this.runLater(call, action.pauseMs);
    } else if ("changeSalt" in action) {
      session.key.salt = BigInt.asIntN(64, session.key.salt + 1n);
      session.forget(call.message.id);
      this.answerer.badSalt(session, call.message);
    } else if ("clockSkewSeconds" in action) {
      this.options.world.clockSkew = action.clockSkewSeconds;
      session.forgetMessageTime();
      this.run(call, {});
    } else this.run(call, action);
  }

  /** While it waits, the call's random_ids are in flight. */
  private runLater(call: Call, ms: number): void {
    const finish = this.beginRandomIds(call);
    if (!finish) return;
    const finished = new Promise<void>((resolve) => {
      setTimeout(() => {
        finish();
        this.run(call, {});
        resolve();
      }, ms);
    });
    call.session.run(call.message.id, finished);
  }

  private beginRandomIds(call: Call): (() => void) | undefined {
    if (!call.account || call.chatId === undefined) return () => {};
    const finish = this.options.world.randomIds.begin(call.account, call.chatId, call.randomIds);
    if (!finish) this.answerer.error(call, new RpcError(500, "RANDOM_ID_DUPLICATE"), {});
    return finish;
  }

  private run(call: Call, reply: Reply): void {
    const { randomIds } = this.options.world;
    if (randomIds.anyInFlight) {
      const finish = this.beginRandomIds(call);
      if (!finish) return;
      finish();
    }
    const outcome = this.execute(call);
    if (outcome instanceof RpcError) this.answerer.error(call, outcome, reply);
    else this.answerer.answer(call, call.request.codec, outcome, reply);
  }

  private execute(call: Call): Answer | RpcError {
    const { session, connection, request, method, account } = call;
    const { world, record, logins, log } = this.options;
    const { codec, layer, params } = request;
    const dcs = this.options.dcs();
    const context: Context = { world, record, logins, dcs, key: session.key, session, connection, codec, layer };
    try {
      return this.options.hub.during(session, () => {
        const open = PUBLIC_METHODS[method] as PublicHandler<unknown> | undefined;
        if (open) return open(context, params);
        const handler = METHODS[method] as Handler<unknown> | undefined;
        if (handler && account) return handler({ ...context, account }, params);
        log(`${method} is not emulated; answered METHOD_INVALID`);
        throw new RpcError(400, "METHOD_INVALID");
      });
    } catch (error) {
      if (error instanceof RpcError) return error;
      log(`${method} failed inside the emulator: ${error instanceof Error ? error.stack : error}`);
      return new RpcError(500, "INTERNAL_ERROR");
    }
  }
}
