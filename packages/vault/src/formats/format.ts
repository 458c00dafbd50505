import type { ReadSession, SessionSecret } from "@herald/core";

/** Bytes of an auth key. https://core.telegram.org/mtproto/auth_key */
export const AUTH_KEY_BYTES = 256;

/** Telegram's data centres. https://core.telegram.org/getProxyConfig */
const DC_IDS = [1, 2, 3, 4, 5];

/** Clients number the data centres of the test servers from here on. https://core.telegram.org/mtproto/mtproto-transports#transport-obfuscation */
const FIRST_TEST_ID = 10_000;

/** The last check of every format: a data centre that exists, and a key that is one. */
export function sessionFound(format: string, secret: SessionSecret): ReadSession {
  if (secret.dcId > FIRST_TEST_ID)
    return {
      ok: false,
      reason: `This ${format} belongs to Telegram's test servers, which are a world of their own: upload one of the real servers.`,
    };
  if (!DC_IDS.includes(secret.dcId))
    return {
      ok: false,
      reason: `This looks like a ${format}, but it is damaged: it names no data centre of Telegram's.`,
    };
  if (secret.authKey.length !== AUTH_KEY_BYTES || secret.authKey.every((byte) => byte === 0))
    return neverLoggedIn(format);
  return { ok: true, secret };
}

export function neverLoggedIn(format: string): ReadSession {
  return {
    ok: false,
    reason: `This ${format} has no authorisation key: its login was never finished. Log the account in and upload it again.`,
  };
}
