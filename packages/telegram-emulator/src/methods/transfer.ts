import type { AccountContext, Context, Methods, PublicMethods } from "../rpc/context.ts";
import { RpcError } from "../rpc-error.ts";
import type { TlObject } from "../tl/codec.ts";
import { authorize } from "./auth.ts";

/** Takes an authorisation to another data centre: https://core.telegram.org/api/datacenter */
function exportAuthorization(context: AccountContext, params: { dc_id: number }): TlObject {
  if (!context.dcs.some((dc) => dc.id === params.dc_id) || params.dc_id === context.key.dc) {
    throw new RpcError(400, "DC_ID_INVALID");
  }
  const bytes = context.world.exportedAuthorizations.create(context.account);
  return { _: "auth.exportedAuthorization", id: context.account.id, bytes };
}

function importAuthorization(context: Context, params: { id: bigint; bytes: Buffer }): TlObject {
  const account = context.world.exportedAuthorizations.take(params.bytes);
  if (account?.id !== Number(params.id)) throw new RpcError(400, "AUTH_BYTES_INVALID");
  return authorize(context, account, true);
}

export const transferPublicMethods = { "auth.importAuthorization": importAuthorization } satisfies PublicMethods;
export const transferMethods = { "auth.exportAuthorization": exportAuthorization } satisfies Methods;
