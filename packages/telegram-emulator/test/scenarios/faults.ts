import { expect } from "vitest";
import type { FaultAction } from "../../src/index.ts";
import { fired, idsIn, peerTo, randomId, refused, type Scenario, type Stage, send } from "./stage.ts";

const METHOD = "messages.sendMessage";

/** A fault that the client gets over by itself: its one call ends well, and one message stands there. */
function survives(name: string, action: FaultAction, leftOut: Scenario["leftOut"] = {}): Scenario {
  return {
    name: `a call survives: ${name}`,
    leftOut,
    run: async (stage) => {
      const client = await stage.as(stage.alice);
      await client.invoke("updates.getState");
      stage.emulator.faults.add({ method: METHOD, times: 1, action });
      const sent = await send(client, peerTo(stage.alice, stage.talk), "hello");
      expectOne(stage, idsIn(sent));
    },
  };
}

/** A fault after which the call never ends: asking again with the same random_id finds what was made. */
function recovers(name: string, action: FaultAction): Scenario {
  return {
    name: `asking again recovers from: ${name}`,
    run: async (stage) => {
      const client = await stage.as(stage.alice);
      await client.invoke("updates.getState");
      stage.emulator.faults.add({ method: METHOD, times: 1, action });
      const id = randomId();
      const lost = send(client, peerTo(stage.alice, stage.talk), "hello", id);
      lost.catch(() => undefined);
      await fired(stage);
      const again = await send(client, peerTo(stage.alice, stage.talk), "hello", id);
      expectOne(stage, idsIn(again));
    },
  };
}

/** A service message of the server's own that comes wrongly: the client must not stumble over it. */
function serviceFault(name: string, method: string, action: FaultAction): Scenario {
  return {
    name: `a client survives: ${name}`,
    run: async (stage) => {
      stage.emulator.faults.add({ method, times: 1, action });
      const client = await stage.as(stage.alice);
      const sent = await send(client, peerTo(stage.alice, stage.talk), "hello");
      expect(stage.emulator.record.entries().map((entry) => entry.messageId)).toEqual(idsIn(sent));
    },
  };
}

function expectOne(stage: Stage, ids: number[]): void {
  expect(stage.emulator.faults.fired()).toHaveLength(1);
  expect(stage.emulator.record.entries().map((entry) => entry.messageId)).toEqual(ids);
  expect(stage.talk.messages.size).toBe(1);
}

export const faultScenarios: Scenario[] = [
  {
    name: "an error by rule: this account, this chat, the second call",
    run: async (stage) => {
      const client = await stage.as(stage.alice);
      const { id: accountId } = stage.alice;
      const rule = { method: METHOD, accountId, chatId: stage.talk.markedId, nth: 2 };
      const ruleId = stage.emulator.faults.add({ ...rule, action: { error: "SLOWMODE_WAIT_77", code: 420 } });
      const to = peerTo(stage.alice, stage.talk);
      await send(client, to, "one");
      await refused(send(client, to, "two"), "SLOWMODE_WAIT_77");
      await send(client, to, "three");
      expect(stage.emulator.faults.fired(ruleId)).toMatchObject([{ method: METHOD, chatId: stage.talk.markedId }]);
      expect(stage.emulator.record.issuedWaits()).toMatchObject([{ kind: "slowMode", seconds: 77 }]);
    },
  },
  {
    name: "an account whose key is not known for two requests, and then is",
    run: async (stage) => {
      const client = await stage.as(stage.alice);
      const bob = await stage.as(stage.bob);
      const { id: accountId } = stage.alice;
      const action = { error: "AUTH_KEY_UNREGISTERED", code: 401 };
      stage.emulator.faults.add({ method: "*", accountId, needsLogin: true, times: 2, action });
      await client.invoke("help.getNearestDc");
      await refused(send(client, peerTo(stage.alice, stage.talk), "one"), "AUTH_KEY_UNREGISTERED");
      await send(bob, peerTo(stage.bob, stage.talk), "two");
      await refused(client.invoke("updates.getState"), "AUTH_KEY_UNREGISTERED");
      await send(client, peerTo(stage.alice, stage.talk), "three");
      expect(stage.emulator.record.entries().map((entry) => entry.text)).toEqual(["two", "three"]);
    },
  },
  survives("the connection cut before executing", { drop: "before" }),
  survives("the connection cut after executing", { drop: "after" }),
  survives("half a packet, then a cut connection", { halfPacket: true }),
  survives("a late execution", { delayMs: 100 }),
  survives("a late answer", { answerDelayMs: 100 }),
  survives("an answer in a container", { container: true }),
  survives("a gzipped answer", { gzip: true }),
  survives("an answer sent twice", { duplicate: true }),
  survives("a changed salt", { changeSalt: true }),
  survives(
    "a server clock that is 1,000 s ahead",
    { clockSkewSeconds: 1000 },
    {
      Telethon: "it drops messages from the future before it learns the new time",
    },
  ),
  survives("a server that stands still", { pauseMs: 200 }),
  serviceFault("new_session_created sent twice", "mtproto.new_session_created", { duplicate: true }),
  serviceFault("new_session_created after what follows it", "mtproto.new_session_created", { reorder: true }),
  serviceFault("bad_server_salt sent twice", "mtproto.bad_server_salt", { duplicate: true }),
  recovers("silence before executing", { silence: "before" }),
  recovers("silence after executing", { silence: "after" }),
  recovers("a wrong message key", { wrongMsgKey: true }),
  recovers("an answer of a type that no layer has", { unreadable: true }),
  recovers("an answer that comes after the next one", { reorder: true }),
];
