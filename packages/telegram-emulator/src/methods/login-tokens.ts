import type { AccountContext, Context, Methods, PublicMethods } from "../rpc/context.ts";
import { RpcError } from "../rpc-error.ts";
import type { TlObject } from "../tl/codec.ts";
import type { Account } from "../world/account.ts";
import type { LoginToken } from "../world/login-tokens.ts";
import { authorize } from "./auth.ts";

interface ExportLoginToken {
  readonly api_id: number;
  readonly api_hash: string;
}

/** Shows a QR code, or tells that it was scanned: https://core.telegram.org/api/qr-login */
function exportLoginToken(context: Context, params: ExportLoginToken): TlObject {
  if (!context.world.apiIds.acceptsPair(params.api_id, params.api_hash)) throw new RpcError(400, "API_ID_INVALID");
  const token = context.world.loginTokens.ofKey(context.key, context.world.now());
  const account = token.acceptedBy;
  if (!account) return { _: "auth.loginToken", expires: Math.floor(token.expiresAt / 1000), token: token.token };
  if (account.dc !== context.key.dc) return { _: "auth.loginTokenMigrateTo", dc_id: account.dc, token: token.token };
  return finish(context, token, account);
}

/** The second half of a scan in another data centre. */
function importLoginToken(context: Context, params: { token: Buffer }): TlObject {
  const token = find(context, params.token);
  if (!token.acceptedBy) throw new RpcError(400, "AUTH_TOKEN_INVALID");
  return finish(context, token, token.acceptedBy);
}

function finish(context: Context, token: LoginToken, account: Account): TlObject {
  context.world.loginTokens.finish(token);
  return { _: "auth.loginTokenSuccess", authorization: authorize(context, account, false) };
}

function find(context: Context, bytes: Buffer): LoginToken {
  const token = context.world.loginTokens.find(bytes);
  if (!token) throw new RpcError(400, "AUTH_TOKEN_INVALID");
  if (!token.acceptedBy && token.expiresAt < context.world.now()) throw new RpcError(400, "AUTH_TOKEN_EXPIRED");
  return token;
}

function acceptLoginToken(context: AccountContext, params: { token: Buffer }): TlObject {
  const token = find(context, params.token);
  if (token.acceptedBy) throw new RpcError(400, "AUTH_TOKEN_ALREADY_ACCEPTED");
  context.world.acceptLoginToken(token, context.account);
  const now = context.world.nowSeconds();
  return {
    _: "authorization",
    hash: 1,
    device_model: "client",
    platform: "",
    system_version: "",
    api_id: token.key.apiId ?? 0,
    app_name: "",
    app_version: "",
    date_created: now,
    date_active: now,
    ip: "127.0.0.1",
    country: "",
    region: "",
  };
}

export const loginTokenPublicMethods = {
  "auth.exportLoginToken": exportLoginToken,
  "auth.importLoginToken": importLoginToken,
} satisfies PublicMethods;

export const loginTokenMethods = { "auth.acceptLoginToken": acceptLoginToken } satisfies Methods;
