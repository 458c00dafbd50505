import { readFileSync } from "node:fs";
import { type Decision, type DecisionContext, decide, type Refusal, SUSPECT_GROUPS } from "@herald/core";
import { RPCMessageToError } from "telegram/errors/index.js";
import { Api } from "telegram/tl/index.js";
import { expect, test } from "vitest";
import { NAMES } from "../src/errors/error-table.ts";
import { refusalFrom } from "../src/errors/refusal.ts";

// Every RPC error that our methods can give, by the name Telegram's documentation has for it (%d a number, %s any text), and what
// a send that it answers makes of the session, the pair of session and group, the group, the bot and the delivery.
const [columns, ...rows] = readFileSync(new URL("rpc-errors.csv", import.meta.url), "utf8")
  .trim()
  .split("\n")
  .map((line) => line.split(","));

/** The refusal as GramJS brings it: through its own error classes, which rename waits to "FLOOD". */
const received = (name: string): Refusal =>
  refusalFrom(RPCMessageToError(new Api.RpcError({ errorCode: 400, errorMessage: name }), new Api.help.GetConfig()));

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
  return pair.kind === "wait" ? `waits ${pair.seconds} s` : "retired";
}

function groupWord({ group, pair }: Decision): string {
  if (group !== null) return "retired";
  return pair?.kind === "retire" ? "retired with its last pair" : "keeps";
}

function botWord({ bot, cycle }: Decision): string {
  if (bot !== null) return "stops";
  return cycle === null ? "keeps" : "cycle ends";
}

const deliveryWord = ({ delivery }: Decision): string =>
  delivery.kind === "again" ? `again (${delivery.state})` : delivery.kind;

const inWords = (decision: Decision): string[] =>
  [sessionWord, pairWord, groupWord, botWord, deliveryWord].map((word) => word(decision));

test.each(rows)("%s: the session %s, the pair %s, the group %s, the bot %s, the delivery %s", (...row) => {
  for (const number of ["17", "86400"]) {
    const [name = "", ...expected] = row.map((cell) => cell.replace("%d", number).replace("%s", "word__6Lc"));
    expect(inWords(decide(received(name), firstTry))).toEqual(expected);
  }
});

test("every name of the table has one row, and every other row is asked again: nothing falls to the default unseen", () => {
  expect(columns).toEqual(["name", "session", "pair", "group", "bot", "delivery"]);
  const named = rows.map(([name]) => name);
  const others = rows.filter(([name = ""]) => !NAMES.includes(name)).map(([name]) => name);
  expect([...NAMES, ...others].sort()).toEqual(named.sort());
  expect(others.filter((name = "") => received(name).kind !== "unknown")).toEqual([]);
});

test("the name is kept, with its number", () => {
  for (const name of ["FLOOD_WAIT_240", "SLOWMODE_WAIT_30", "USER_MIGRATE_4", "SOMETHING_NEW_IN_LAYER_250"])
    expect(received(name).code).toBe(name);
});

test("what is no RPC error is unknown, and nothing of it is kept", () => {
  for (const thrown of [
    undefined,
    "Maximum reconnection retries reached. Aborting!",
    new Error("secret"),
    { code: 404 },
  ])
    expect(refusalFrom(thrown)).toEqual({ kind: "unknown", code: "NO_CLEAR_ANSWER" });
});
