import { readFileSync } from "node:fs";
import { type Decision, type DecisionContext, decide, type Refusal, SUSPECT_GROUPS } from "@herald/core";
import { RPCMessageToError } from "telegram/errors/index.js";
import { Api } from "telegram/tl/index.js";
import { expect, test } from "vitest";
import { type Asked, mayPass, NAMES } from "../src/errors/error-table.ts";
import { refusalFrom } from "../src/errors/refusal.ts";

// Every RPC error that our methods can give, by the name Telegram's documentation has for it (%d a number, %s any text), and what
// a send that it answers makes of the session, the pair of session and group, the group, the bot and the delivery.
const [columns, ...rows] = readFileSync(new URL("rpc-errors.csv", import.meta.url), "utf8")
  .trim()
  .split("\n")
  .map((line) => line.split(","));

/** The refusal as GramJS brings it: through its own error classes, which rename waits to "FLOOD". */
const received = (name: string, asked: Asked = "other"): Refusal =>
  refusalFrom(
    RPCMessageToError(new Api.RpcError({ errorCode: 400, errorMessage: name }), new Api.help.GetConfig()),
    asked,
  );

const now = new Date("2030-01-01T12:00:00Z");
const firstTry: DecisionContext = {
  attempts: 1,
  firstTriedAt: now,
  now,
  maybeDelivered: false,
  left: true,
  jitter: 0,
  session: "@shop_3",
  group: "@crypto_ua",
};

function sessionWord({ session, suspect }: Decision): string {
  if (suspect) return `rests for admin after ${SUSPECT_GROUPS} groups`;
  switch (session?.kind) {
    case "rest":
      return `rests ${session.seconds} s`;
    case "rest_for_admin":
      return "rests for admin";
    case "dead":
      return `banned (${session.cause})`;
    default:
      return "keeps";
  }
}

function pairWord({ pair }: Decision): string {
  if (pair === null) return "keeps";
  return pair.kind === "wait" ? `waits ${pair.seconds} s` : "refuses";
}

function groupWord({ group, pair }: Decision): string {
  if (group !== null) return "retired";
  return pair?.kind === "refuse" ? "follows its pairs" : "keeps";
}

function botWord({ bot }: Decision): string {
  return bot === null ? "keeps" : `stops (${bot.reason})`;
}

function deliveryWord({ delivery }: Decision): string {
  if (delivery.kind !== "again") return delivery.kind;
  return `again (${delivery.state}${delivery.newRandomId === true ? "; new random_id" : ""})`;
}

function inWords(refusal: Refusal): string[] {
  const decision = decide(refusal, firstTry);
  const [ends, peer] =
    refusal.kind === "group_refused" ? [refusal.ends.kind, refusal.stalePeer ? "stale" : "right"] : ["-", "-"];
  const words = [groupWord, botWord, deliveryWord].map((word) => word(decision));
  return [sessionWord(decision), pairWord(decision), ends, peer, ...words];
}

test.each(rows)(
  "%s: the session %s, the pair %s (ends %s, its peer %s), the group %s, the bot %s, the delivery %s",
  (...row) => {
    for (const number of ["17", "86400"]) {
      const [name = "", ...expected] = row.map((cell) => cell.replace("%d", number).replace("%s", "word__6Lc"));
      expect(inWords(received(name))).toEqual(expected);
    }
  },
);

test("every name of the table has one row, and every other row is asked again: nothing falls to the default unseen", () => {
  expect(columns).toEqual(["name", "session", "pair", "ends", "stalePeer", "group", "bot", "delivery"]);
  const named = rows.map(([name]) => name);
  const others = rows.filter(([name = ""]) => !NAMES.includes(name)).map(([name]) => name);
  expect([...NAMES, ...others].sort()).toEqual(named.sort());
  expect(others.filter((name = "") => received(name).kind !== "unknown")).toEqual([]);
});

test.each(["MESSAGE_ID_INVALID", "MSG_ID_INVALID", "REPLY_MESSAGE_ID_INVALID", "REPLY_TO_INVALID"])(
  "%s of a text is said of its topic: it has no source",
  (name) => {
    expect(inWords(received(name, "text"))).toEqual([
      "keeps",
      "refuses",
      "never",
      "right",
      "follows its pairs",
      "keeps",
      "failed",
    ]);
  },
);

test("for a text every other name means what it means for a forward", () => {
  const differ = rows
    .map(([name = ""]) => name)
    .filter((name) => {
      const code = name.replace("%d", "17").replace("%s", "word");
      return received(code, "text").kind !== received(code).kind;
    });
  expect(differ).toEqual(["MESSAGE_ID_INVALID", "MSG_ID_INVALID"]);
});

test("a refusal of the group by everyone is for good", () => {
  const ends = NAMES.flatMap((name) => {
    const refusal = received(name);
    return refusal.kind === "group_refused" && refusal.scope === "group" ? [refusal.ends.kind] : [];
  });
  expect(new Set(ends)).toEqual(new Set(["never"]));
});

test("only what says that the key is not known needs a second connection to be believed", () => {
  expect(NAMES.filter(mayPass)).toEqual(["ACTIVE_USER_REQUIRED", "AUTH_KEY_INVALID", "AUTH_KEY_UNREGISTERED"]);
  for (const name of NAMES.filter(mayPass))
    expect(received(name)).toMatchObject({ kind: "session_dead", cause: "lost" });
});

test("the name is kept, with its number", () => {
  for (const name of ["FLOOD_WAIT_240", "SLOWMODE_WAIT_30", "USER_MIGRATE_4", "SOMETHING_NEW_IN_LAYER_250"])
    expect(received(name).code).toBe(name);
});

test("of a name that is longer than any, the beginning is kept", () => {
  const name = `RECAPTCHA_CHECK_${"x".repeat(100)}`;
  expect(received(name)).toEqual({ kind: "session_limited", code: name.slice(0, 64) });
});

test("a wait for everything says so, with its seconds", () => {
  for (const name of ["FLOOD_WAIT_240", "FLOOD_PREMIUM_WAIT_240", "FLOOD_TEST_PHONE_WAIT_240"])
    expect(received(name)).toMatchObject({ kind: "flood_wait", seconds: 240, method: "any" });
});

test("a move to another data centre, and an error that GramJS renames, are unknown", () => {
  for (const name of ["NETWORK_MIGRATE_4", "PHONE_MIGRATE_4"])
    expect(received(name)).toEqual({ kind: "unknown", code: "MIGRATE" });
  expect(received("MSG_WAIT_FAILED")).toEqual({ kind: "unknown", code: "NO_CLEAR_ANSWER" });
});

test("of a name that could not be kept only so much is", () => {
  expect(received(`NEW\0_${"X".repeat(100)}`).code).toBe(`NEW_${"X".repeat(60)}`);
});

test("what is no RPC error is unknown, and nothing of it is kept", () => {
  for (const thrown of [
    undefined,
    "Maximum reconnection retries reached. Aborting!",
    new Error("secret"),
    { code: 404 },
  ])
    expect(refusalFrom(thrown, "other")).toEqual({ kind: "unknown", code: "NO_CLEAR_ANSWER" });
});
