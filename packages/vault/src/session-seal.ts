import type { Opened, Seal, SessionSeal, SessionSecret } from "@herald/core";

/** What each of them has begun with, in every layout: another beginning is damage, and no key's fault. */
const MAGIC = Buffer.from("HRLD");

/** Seals session secrets by `keys`, each bound to its session's id. `open` throws, saying why, when it does not open. */
export function createSessionSeal(keys: Seal): SessionSeal {
  return {
    seal: (sessionId, { authKey, ...address }) => {
      const plain = JSON.stringify({ ...address, authKey: Buffer.from(authKey).toString("base64") });
      return keys.seal(sessionId, Buffer.from(plain));
    },
    open: (sessionId, sealed) => parse(plainOf(sessionId, keys.open(sessionId, sealed))),
    reseal: (sessionId, sealed) =>
      keys.isCurrent(sealed) ? null : keys.seal(sessionId, plainOf(sessionId, keys.open(sessionId, sealed))),
    missingKey(sessionId, sealed) {
      if (!Buffer.from(sealed.subarray(0, MAGIC.length)).equals(MAGIC)) return null;
      const opened = keys.open(sessionId, sealed);
      return opened.ok ? null : opened.missingKey;
    },
  };
}

function plainOf(sessionId: string, opened: Opened): Uint8Array {
  if (!opened.ok) throw new Error(`The file of session ${sessionId} does not open: ${opened.reason}.`);
  return opened.plain;
}

function parse(plain: Uint8Array): SessionSecret {
  const { dcId, host, port, authKey } = JSON.parse(Buffer.from(plain).toString("utf8"));
  return { dcId, host, port, authKey: Buffer.from(authKey, "base64") };
}
