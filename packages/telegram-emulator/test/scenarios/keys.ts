import { expect } from "vitest";
import { peerTo, refused, type Scenario, send } from "./stage.ts";

export const keyScenarios: Scenario[] = [
  {
    name: "a banned account is told so",
    run: async (stage) => {
      const client = await stage.as(stage.alice);
      await client.invoke("updates.getState");
      stage.alice.ban();
      await refused(send(client, peerTo(stage.alice, stage.talk), "hello"), "USER_DEACTIVATED_BAN");
      const other = await stage.stranger();
      const settings = { _: "codeSettings" };
      const sendCode = { phone_number: stage.alice.phone, api_id: 1, api_hash: "h", settings };
      await refused(other.invoke("auth.sendCode", sendCode), "PHONE_NUMBER_BANNED");
    },
  },
  {
    name: "a deleted account is told so",
    run: async (stage) => {
      const client = await stage.as(stage.alice);
      stage.alice.deactivate();
      await refused(client.invoke("updates.getState"), /^USER_DEACTIVATED$/);
    },
  },
  {
    name: "one revoked key is out, the account's others stay",
    run: async (stage) => {
      const first = await stage.as(stage.alice, 0);
      const second = await stage.as(stage.alice, 1);
      stage.alice.revokeKey(0, "SESSION_REVOKED");
      await refused(first.invoke("updates.getState"), "SESSION_REVOKED");
      await second.invoke("updates.getState");
      stage.alice.revokeKey();
      await refused(second.invoke("updates.getState"), "AUTH_KEY_UNREGISTERED");
    },
  },
  {
    name: "one key used over two connections at once is counted and ended",
    run: async (stage) => {
      const first = await stage.as(stage.alice);
      await first.invoke("updates.getState");
      const second = await stage.as(stage.alice).catch((error: unknown) => error);
      const outcomes = await Promise.allSettled([
        first.invoke("updates.getState"),
        second instanceof Error ? Promise.reject(second) : (second as typeof first).invoke("updates.getState"),
      ]);
      expect(outcomes.some((outcome) => outcome.status === "rejected")).toBe(true);
      await refused(first.invoke("updates.getState"), "AUTH_KEY_DUPLICATED");
      expect(stage.emulator.counters.keyDuplicates.length).toBeGreaterThan(0);
      expect(stage.emulator.counters.keyDuplicates[0]?.accountId).toBe(stage.alice.id);
    },
  },
  {
    name: "a key handed over after its connection was closed is no duplicate",
    run: async (stage) => {
      const first = await stage.as(stage.alice);
      await first.invoke("updates.getState");
      await first.close();
      const second = await stage.as(stage.alice);
      await second.invoke("updates.getState");
      expect(stage.emulator.counters.keyDuplicates).toEqual([]);
    },
  },
];
