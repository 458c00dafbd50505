/** An answer of Telegram's error kind: https://core.telegram.org/api/errors */
export class RpcError extends Error {
  override readonly name = "RpcError";
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

/** The account that a waiting error binds, for how long. Undefined for errors that are not waits. */
export function waitSeconds(message: string): { kind: "flood" | "slowMode"; seconds: number } | undefined {
  const match = /^(FLOOD_WAIT|FLOOD_PREMIUM_WAIT|SLOWMODE_WAIT)_(\d+)$/.exec(message);
  if (!match) return undefined;
  return { kind: match[1] === "SLOWMODE_WAIT" ? "slowMode" : "flood", seconds: Number(match[2]) };
}
