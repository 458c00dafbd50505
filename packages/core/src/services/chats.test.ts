import { beforeEach, expect, test } from "vitest";
import type { Actor } from "../model/actor.ts";
import type { AuditEntry } from "../model/audit.ts";
import type { Chat } from "../model/domain.ts";
import type { ChatRepository, Transaction, Views } from "../ports/index.ts";
import { FakeClock } from "../testing/fake-clock.ts";
import { only } from "../testing/only.ts";
import { chatService } from "./chats.ts";
import type { Dependencies } from "./dependencies.ts";

const admin: Actor = { kind: "admin", id: "ada", name: "Ada" };
const id = "-1001";

let chat: Chat;
let audited: AuditEntry[];
beforeEach(() => {
  chat = { id, title: "Talk", cooldownSeconds: null, optedOut: false, proof: null };
  audited = [];
});

const change = (more: Partial<Chat>) => {
  chat = { ...chat, ...more };
};
const chats = chatService(
  only<Dependencies>({
    clock: new FakeClock(),
    views: only<Views>({ chats: async () => ({ chats: [], defaultCooldownSeconds: 60 }) }),
    store: {
      transaction: (work) =>
        work(
          only<Transaction>({
            chats: only<ChatRepository>({
              lock: async () => chat,
              exists: async () => true,
              setCooldown: async (_, cooldownSeconds) => change({ cooldownSeconds }),
              optOut: async (_, __, proof) => {
                if (!chat.optedOut) change({ optedOut: true, proof });
              },
              setOptOutProof: async (_, proof) => change({ proof }),
              revokeOptOut: async () => change({ optedOut: false, proof: null }),
            }),
            audit: async (entry) => void audited.push(entry),
            poolChanged: async () => {},
          }),
        ),
    },
  }),
);
const facts = () => audited.map(({ before, after }) => [before, after]);

test("of an opt-out, its proofs and its end the audit says what the list holds", async () => {
  await chats.update(admin, { id, optedOut: true, proof: "they wrote" });
  expect(chat).toMatchObject({ optedOut: true, proof: "they wrote" });
  await chats.update(admin, { id, optedOut: true, proof: "" });
  await chats.update(admin, { id, optedOut: true, proof: "they wrote", cooldownSeconds: 90 });
  await chats.update(admin, { id, optedOut: true, proof: "they wrote again" });
  expect(chat).toMatchObject({ optedOut: true, proof: "they wrote again", cooldownSeconds: 90 });
  await chats.update(admin, { id, proof: "a letter" });
  expect(chat.proof).toBe("a letter");
  await chats.update(admin, { id, optedOut: false });
  expect(facts()).toEqual([
    [
      { optedOut: false, proof: null },
      { optedOut: true, proof: "they wrote" },
    ],
    [{ cooldownSeconds: null }, { cooldownSeconds: 90 }],
    [{ proof: "they wrote" }, { proof: "they wrote again" }],
    [{ proof: "they wrote again" }, { proof: "a letter" }],
    [
      { optedOut: true, proof: "a letter" },
      { optedOut: false, proof: null },
    ],
  ]);
});

test.each([[{}], [{ optedOut: false }], [{ cooldownSeconds: 90 }]])(
  "a proof without an opt-out is refused, with all that came with it: %j",
  async (input) => {
    await expect(chats.update(admin, { id, proof: "they wrote", ...input })).rejects.toMatchObject({
      code: "invalid_input",
      field: "proof",
    });
    expect([chat.cooldownSeconds, chat.proof, audited]).toEqual([null, null, []]);
  },
);
