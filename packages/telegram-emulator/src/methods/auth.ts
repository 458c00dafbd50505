import type { Context, PublicMethods } from "../rpc/context.ts";
import { RpcError } from "../rpc-error.ts";
import type { TlObject } from "../tl/codec.ts";
import { userView } from "../views/peers.ts";
import type { Account } from "../world/account.ts";

const CODE_LENGTH = 5;

/** Marks the key as the account's own. @throws RpcError SESSION_PASSWORD_NEEDED when a password has to come first */
export function authorize(context: Context, account: Account, passwordGiven: boolean): TlObject {
  if (account.status === "banned") throw new RpcError(400, "PHONE_NUMBER_BANNED");
  if (account.twoFa !== undefined && !passwordGiven) {
    context.key.passwordPendingFor = account;
    throw new RpcError(401, "SESSION_PASSWORD_NEEDED");
  }
  context.world.keys.authorize(context.key, account);
  return { _: "auth.authorization", user: userView(account, account) };
}

interface SendCode {
  readonly phone_number: string;
  readonly api_id: number;
  readonly api_hash: string;
}

function sendCode(context: Context, params: SendCode): TlObject {
  if (!context.world.apiIds.acceptsPair(params.api_id, params.api_hash)) throw new RpcError(400, "API_ID_INVALID");
  const phone = params.phone_number.replace(/\D/g, "");
  if (phone.length < 5) throw new RpcError(400, "PHONE_NUMBER_INVALID");
  const account = context.world.accountByPhone(phone);
  if (account?.status === "banned") throw new RpcError(400, "PHONE_NUMBER_BANNED");
  if (account && account.dc !== context.key.dc) throw new RpcError(303, `PHONE_MIGRATE_${account.dc}`);
  const codeHash = context.logins.send(phone, account, context.world.now());
  return {
    _: "auth.sentCode",
    type: { _: "auth.sentCodeTypeApp", length: CODE_LENGTH },
    phone_code_hash: codeHash,
    timeout: 60,
  };
}

interface SignIn {
  readonly phone_number: string;
  readonly phone_code_hash: string;
  readonly phone_code?: string;
}

function signIn(context: Context, params: SignIn): TlObject {
  if (!params.phone_code) throw new RpcError(400, "PHONE_CODE_EMPTY");
  const phone = params.phone_number.replace(/\D/g, "");
  const result = context.logins.check(phone, params.phone_code_hash, params.phone_code, context.world.now());
  switch (result.kind) {
    case "ok":
      return authorize(context, result.account, false);
    case "noAccount":
      return { _: "auth.authorizationSignUpRequired" };
    case "expired":
      throw new RpcError(400, "PHONE_CODE_EXPIRED");
    case "wrong":
      throw new RpcError(400, "PHONE_CODE_INVALID");
    default:
      return result satisfies never;
  }
}

function cancelCode(context: Context, params: { phone_code_hash: string }): boolean {
  return context.logins.cancel(params.phone_code_hash);
}

function logOut(context: Context): TlObject | boolean {
  context.world.keys.logOut(context.key);
  return context.codec.has("auth.loggedOut") ? { _: "auth.loggedOut" } : true;
}

export const authMethods = {
  "auth.sendCode": sendCode,
  "auth.signIn": signIn,
  "auth.cancelCode": cancelCode,
  "auth.logOut": logOut,
} satisfies PublicMethods;
