import type { SessionLeases } from "../pool/session-leases.ts";
import type {
  Clock,
  Events,
  Gateway,
  Hashes,
  Ledger,
  OnFault,
  Random,
  SessionFiles,
  SessionReader,
  Store,
  TwoStepCodes,
  Views,
} from "../ports/index.ts";

/** What operators may set. */
export interface Settings {
  /** spam-type deaths within the window that stop a bot @default 2 */
  breakerLimit: number;
  /** @default 24 */
  breakerWindowHours: number;
}

/** All that the services work with; the engine's container.ts is the only one who puts it together. */
export interface Dependencies {
  engineId: string;
  store: Store;
  views: Views;
  events: Events;
  ledger: Ledger;
  /** those of this process: who uses a key here shares them */
  leases: SessionLeases;
  gateway: Gateway;
  sessionFiles: SessionFiles;
  sessionReader: SessionReader;
  hashes: Hashes;
  twoStepCodes: TwoStepCodes;
  clock: Clock;
  random: Random;
  onFault: OnFault;
  settings: Settings;
}
