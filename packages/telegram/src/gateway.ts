import type { Gateway } from "@herald/core";
import { AuthKey } from "telegram/crypto/AuthKey.js";
import { AccountClient } from "./account-client.ts";
import { addressesOf, type DcAddress } from "./dc.ts";
import { DcDirectory } from "./dc-directory.ts";
import { AccountLink } from "./gram/account-link.ts";
import { AccountWaits } from "./gram/method-waits.ts";
import { useNativeFunctions } from "./gram/native.ts";
import { trustServerKey } from "./gram/server-keys.ts";

export interface GatewayOptions {
  /**
   * where every account is dialled, whatever its session names; Telegram is then not asked for addresses.
   * @default the session's own address, then Telegram's production ones of its data centre, then those that Telegram told
   */
  dc?: DcAddress;
  /** PEM of the server's RSA key, trusted beside Telegram's own. Throws at once when it is none. */
  rsaPublicKeyPem?: string;
  deadlines?: {
    /** milliseconds for connecting and proving the key. @default 15,000 */
    connectMs?: number;
    /** milliseconds for every other call, reconnecting included. @default 20,000 */
    callMs?: number;
  };
}

const CONNECT_MS = 15_000;
const CALL_MS = 20_000;

/** The gateway to Telegram, by GramJS's MTProto. */
export function createGateway(options: GatewayOptions = {}): Gateway {
  useNativeFunctions();
  if (options.rsaPublicKeyPem !== undefined) trustServerKey(options.rsaPublicKeyPem);
  const { connectMs = CONNECT_MS, callMs = CALL_MS } = options.deadlines ?? {};
  const directory = new DcDirectory();
  const waits = new AccountWaits();
  return {
    async connect({ secret, api }, { signal, mayUse }) {
      const found = options.dc === undefined ? addressesOf(secret, directory.addresses) : [options.dc];
      if (found === "test") return { kind: "session_dead", cause: "lost", code: "TEST_DC" };
      const [first, ...more] = found;
      if (first === undefined) return { kind: "session_dead", cause: "lost", code: "DC_ID_INVALID" };
      const authKey = new AuthKey();
      await authKey.setKey(Buffer.from(secret.authKey));
      const link = new AccountLink({ addresses: [first, ...more], authKey, api, mayUse, signal });
      const refusal = await link.connect(connectMs);
      if (refusal !== undefined) {
        await link.end("CLOSED");
        return refusal;
      }
      if (options.dc === undefined) void directory.learn(link, callMs);
      return { kind: "connected", client: new AccountClient(link, { callMs, waits: waits.of(String(authKey.keyId)) }) };
    },
  };
}
