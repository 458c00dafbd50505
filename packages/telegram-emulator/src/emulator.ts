import type { Counters } from "./counters.ts";
import type { Faults } from "./faults.ts";
import type { DeliveryRecord } from "./record.ts";
import type { ApiIdUse } from "./rpc/api-id-watch.ts";
import type { DataCentre } from "./rpc/context.ts";
import type { Schema } from "./tl/parse-schema.ts";
import type { Account } from "./world/account.ts";
import type { World } from "./world/world.ts";

export interface EmulatorOptions {
  /** @default 127.0.0.1 */
  readonly host?: string;
  /** 0 takes a free port. @default 0 */
  readonly port?: number;
  /** Port of the HTTP control interface, always on loopback; 0 takes a free one. @default none */
  readonly controlPort?: number;
  /** What each request to the control interface has to bring. @default a new one at each start */
  readonly controlToken?: string;
  readonly world?: World;
  /** Seed of fault probabilities, and of the world when none is given. @default 1 */
  readonly seed?: number;
  /** PEM of a 2048-bit RSA private key. @default a new key at each start */
  readonly rsaPrivateKeyPem?: string;
  /** Further API layers. */
  readonly schemas?: readonly Schema[];
  /** Data centres besides the world's default one, each on a port of its own. */
  readonly moreDcs?: readonly { readonly id: number; readonly host?: string; readonly port?: number }[];
  readonly log?: (line: string) => void;
}

export interface Emulator {
  readonly host: string;
  readonly port: number;
  readonly controlUrl: string | undefined;
  readonly controlToken: string;
  readonly dcs: readonly DataCentre[];
  /** `<dc id>:<host>:<port>` of the first data centre. */
  readonly dc: string;
  /** PKCS#1 PEM of the key that clients have to trust. */
  readonly rsaPublicKeyPem: string;
  readonly rsaFingerprint: bigint;
  readonly world: World;
  readonly faults: Faults;
  readonly record: DeliveryRecord;
  readonly counters: Counters;
  /** Per API id: keys that have an open connection now, and the most at one time. */
  apiIds(): ApiIdUse[];
  /** Plays the phone that scans a QR code: logs the waiting client in. @returns whether there was such a token */
  acceptLoginToken(token: string, account: Account): boolean;
  /** The whole server stands still: it neither reads nor writes. Milliseconds. */
  pause(ms: number): void;
  /** Cuts the connections of one account, or all. */
  disconnect(accountId?: number): void;
  stop(): Promise<void>;
}
