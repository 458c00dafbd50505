import type { Connection } from "../mtproto/connection.ts";
import type { Session } from "../mtproto/session.ts";
import type { DeliveryRecord } from "../record.ts";
import type { Codec, TlObject } from "../tl/codec.ts";
import type { Account } from "../world/account.ts";
import type { AuthKey } from "../world/auth-key.ts";
import type { Logins } from "../world/logins.ts";
import type { World } from "../world/world.ts";

export interface DataCentre {
  readonly id: number;
  readonly host: string;
  readonly port: number;
}

/** What a method knows of the request it answers. */
export interface Context {
  readonly world: World;
  readonly record: DeliveryRecord;
  readonly logins: Logins;
  readonly dcs: readonly DataCentre[];
  readonly key: AuthKey;
  readonly session: Session;
  readonly connection: Connection;
  readonly codec: Codec;
  readonly layer: number;
}

/** A context of an authorised key. */
export interface AccountContext extends Context {
  readonly account: Account;
}

export type Answer = TlObject | boolean | readonly TlObject[];

/** A method that needs no login. @throws RpcError */
export type PublicHandler<Params> = (context: Context, params: Params) => Answer;
/** A method of an authorised account. @throws RpcError */
export type Handler<Params> = (context: AccountContext, params: Params) => Answer;

/** The parameters' type is the handler's own; the schema guarantees it. */
export type PublicMethods = Readonly<Record<string, PublicHandler<never>>>;
export type Methods = Readonly<Record<string, Handler<never>>>;
