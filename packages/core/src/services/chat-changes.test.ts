import { expect, test } from "vitest";
import type { AuditEntry } from "../model/audit.ts";
import type { Chat } from "../model/domain.ts";
import type { ChatRepository, Transaction, Views } from "../ports/index.ts";
import { FakeClock } from "../testing/fake-clock.ts";
import { only } from "../testing/only.ts";
import { chatService } from "./chats.ts";
import type { Dependencies } from "./dependencies.ts";

const ROOT = { kind: "admin", id: "root", name: "Root" } as const;

/** Chats that are known by these ids, and what is written of them. */
function scene(...known: string[]) {
  const clock = new FakeClock();
  const aChat = (id: string): Chat => ({ id, title: id, cooldownSeconds: null, optedOut: false, proof: null });
  const chats = new Map(known.map((id) => [id, aChat(id)]));
  const written: unknown[] = [];
  const audited: AuditEntry[] = [];
  const changes: string[] = [];
  const change = (id: string, to: Partial<Chat>) => void chats.set(id, { ...(chats.get(id) ?? aChat(id)), ...to });
  const tx = only<Transaction>({
    chats: only<ChatRepository>({
      exists: async (id) => chats.has(id),
      lock: async (id) => {
        change(id, {});
        return chats.get(id) ?? aChat(id);
      },
      setCooldown: async (id, cooldownSeconds) => {
        written.push(["cool-down", cooldownSeconds]);
        change(id, { cooldownSeconds });
      },
      optOut: async (id, by, proof) => {
        written.push(["opt out", by, proof]);
        change(id, { optedOut: true, proof });
      },
      revokeOptOut: async (id, by, at) => {
        written.push(["revoke", by, at]);
        change(id, { optedOut: false, proof: null });
      },
    }),
    audit: async (entry) => void audited.push(entry),
    poolChanged: async () => void changes.push("pool"),
  });
  const views = only<Views>({ chats: async () => ({ chats: [], defaultCooldownSeconds: 60 }) });
  const service = chatService(only<Dependencies>({ store: { transaction: (work) => work(tx) }, views, clock }));
  return { clock, chats, written, audited, changes, service };
}
const act = (before: object, after: object) => ({
  ...{ actor: ROOT, action: "chat.update", target: { kind: "chat", id: "-1001" }, userId: null, before, after },
});

test("a cool-down and an opt-out are each set alone, and kept with what was before", async () => {
  const { clock, service, written, audited, changes } = scene("-1001");
  const answer = await service.update(ROOT, { id: "-1001", cooldownSeconds: 90 });
  expect(answer).toEqual({ chats: [], defaultCooldownSeconds: 60 });
  await service.update(ROOT, { id: "-1001", cooldownSeconds: null });
  await service.update(ROOT, { id: "-1001", optedOut: true, proof: "they wrote so" });
  await service.update(ROOT, { id: "-1001", optedOut: false });
  expect(written).toEqual([
    ["cool-down", 90],
    ["cool-down", null],
    ["opt out", ROOT, "they wrote so"],
    ["revoke", ROOT, clock.now()],
  ]);
  expect(audited).toEqual([
    act({ cooldownSeconds: null }, { cooldownSeconds: 90 }),
    act({ cooldownSeconds: 90 }, { cooldownSeconds: null }),
    act({ optedOut: false, proof: null }, { optedOut: true, proof: "they wrote so" }),
    act({ optedOut: true, proof: "they wrote so" }, { optedOut: false, proof: null }),
  ]);
  expect(changes).toEqual(Array(4).fill("pool"));
});

test("an opt-out without a proof has none", async () => {
  const { service, written, audited } = scene("-1001");
  await service.update(ROOT, { id: "-1001", optedOut: true, proof: "" });
  expect(written).toEqual([["opt out", ROOT, null]]);
  expect(audited).toEqual([act({ optedOut: false }, { optedOut: true })]);
});

test("what holds already is not written again, and nobody's act", async () => {
  const { service, written, audited, changes } = scene("-1001");
  await service.update(ROOT, { id: "-1001" });
  await service.update(ROOT, { id: "-1001", cooldownSeconds: null, optedOut: false });
  expect([written, audited, changes]).toEqual([[], [], []]);
});

test("an id that is known with -100 before it alone is refused with that one, unless it is meant", async () => {
  const { service, chats } = scene("-1001234567890");
  await expect(service.update(ROOT, { id: "-1234567890", optedOut: true })).rejects.toMatchObject({
    code: "chat_twin",
    field: "id",
    details: { twin: "-1001234567890" },
  });
  expect([...chats.keys()]).toEqual(["-1001234567890"]);
  await service.update(ROOT, { id: "-1234567890", optedOut: true, exactId: true });
  // known by itself from now on
  await service.update(ROOT, { id: "-1234567890", optedOut: false });
  // and one that nobody knows by either is taken as it is, as is a supergroup's own
  await service.update(ROOT, { id: "-987654321", optedOut: true });
  await service.update(ROOT, { id: "-1001234567890", optedOut: true });
  expect([...chats.values()].map(({ id, optedOut }) => [id, optedOut])).toEqual([
    ["-1001234567890", true],
    ["-1234567890", false],
    ["-987654321", true],
  ]);
});
