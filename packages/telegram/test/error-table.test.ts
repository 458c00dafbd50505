import type { Refusal } from "@herald/core";
import { RPCMessageToError } from "telegram/errors/index.js";
import { Api } from "telegram/tl/index.js";
import { describe, expect, test } from "vitest";
import { refusalFrom } from "../src/errors/refusal.ts";
import expected from "./rpc-errors.json" with { type: "json" };

/** The refusal as GramJS brings it: through its own error classes, which rename waits to "FLOOD". */
const received = (name: string, code = 400): Refusal =>
  refusalFrom(RPCMessageToError(new Api.RpcError({ errorCode: code, errorMessage: name }), new Api.help.GetConfig()));

const label = (refusal: Refusal): string => {
  switch (refusal.kind) {
    case "session_dead":
      return `session_dead ${refusal.cause}`;
    case "group_refused":
      return `group_refused ${refusal.scope}${refusal.suspect ? " suspect" : ""}`;
    default:
      return refusal.kind;
  }
};

describe("every RPC error of our methods has its meaning", () => {
  for (const [kind, names] of Object.entries(expected))
    test(kind, () => {
      const wrong = names.split(" ").filter((name) => label(received(name)) !== kind);
      expect(wrong).toEqual([]);
    });
});

test("waits carry their seconds, whatever GramJS calls them", () => {
  expect(received("FLOOD_WAIT_240", 420)).toEqual({ kind: "flood_wait", seconds: 240, code: "FLOOD_WAIT_240" });
  expect(received("FLOOD_PREMIUM_WAIT_12", 420)).toMatchObject({ kind: "flood_wait", seconds: 12 });
  expect(received("SLOWMODE_WAIT_30", 420)).toEqual({ kind: "slow_mode", seconds: 30, code: "SLOWMODE_WAIT_30" });
});

test("what is no RPC error is unknown, and nothing of it is kept", () => {
  for (const thrown of [
    undefined,
    "Maximum reconnection retries reached. Aborting!",
    new Error("secret"),
    { code: 404 },
  ])
    expect(refusalFrom(thrown)).toEqual({ kind: "unknown", code: "NO_CLEAR_ANSWER" });
  expect(received("SOMETHING_NEW_IN_LAYER_250")).toEqual({ kind: "unknown", code: "SOMETHING_NEW_IN_LAYER_250" });
});
