import { randomBytes, randomUUID } from "node:crypto";
import type { Random } from "@herald/core";

/** From the operating system's CSPRNG. */
export const systemRandom: Random = {
  int64: () => randomBytes(8).readBigInt64LE(),
  uuid: randomUUID,
  token: (bytes) => randomBytes(bytes).toString("base64url"),
};
