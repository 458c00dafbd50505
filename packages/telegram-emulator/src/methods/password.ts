import { DH_GENERATOR, DH_PRIME } from "../mtproto/diffie-hellman.ts";
import type { Context, PublicMethods } from "../rpc/context.ts";
import { RpcError } from "../rpc-error.ts";
import type { TlObject } from "../tl/codec.ts";
import { challenge, checkProof } from "../world/srp.ts";
import { authorize } from "./auth.ts";

/** The account whose password is asked for: of a login under way, or of the authorised key. */
function accountOf(context: Context) {
  const account = context.key.passwordPendingFor ?? context.key.account;
  if (!account) throw new RpcError(401, "AUTH_KEY_UNREGISTERED");
  return account;
}

function getPassword(context: Context): TlObject {
  const account = accountOf(context);
  const common = {
    _: "account.password",
    has_password: account.twoFa !== undefined,
    new_algo: { _: "passwordKdfAlgoUnknown" },
    new_secure_algo: { _: "securePasswordKdfAlgoUnknown" },
    secure_random: Buffer.alloc(256, 7),
  };
  const verifier = account.passwordVerifier();
  if (!verifier) return common;
  const question = challenge(verifier);
  context.key.passwordChallenge = question;
  return {
    ...common,
    current_algo: {
      _: "passwordKdfAlgoSHA256SHA256PBKDF2HMACSHA512iter100000SHA256ModPow",
      salt1: verifier.salt1,
      salt2: verifier.salt2,
      g: DH_GENERATOR,
      p: DH_PRIME,
    },
    srp_B: question.publicB,
    srp_id: question.id,
  };
}

interface CheckPassword {
  readonly password: TlObject & { readonly srp_id?: bigint; readonly A?: Buffer; readonly M1?: Buffer };
}

function checkPassword(context: Context, params: CheckPassword): TlObject {
  const account = accountOf(context);
  const { srp_id: id, A: publicA, M1: proof } = params.password;
  if (!publicA || !proof) throw new RpcError(400, "PASSWORD_HASH_INVALID");
  const question = context.key.passwordChallenge;
  if (!question || question.id !== id) throw new RpcError(400, "SRP_ID_INVALID");
  context.key.passwordChallenge = undefined;
  if (!checkProof(question, publicA, proof)) throw new RpcError(400, "PASSWORD_HASH_INVALID");
  return authorize(context, account, true);
}

export const passwordMethods = {
  "account.getPassword": getPassword,
  "auth.checkPassword": checkPassword,
} satisfies PublicMethods;
