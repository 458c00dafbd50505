import type { BotEvent } from "@herald/contract";
import { HeraldError, type Services } from "@herald/core";
import { tracked } from "@trpc/server";
import { expect, test } from "vitest";
import { appRouter } from "../router.ts";
import { recorded, user } from "../testing/recorded.ts";

const groups: BotEvent = { type: "groups" };

/** Two events and then none, until it is left. */
function stream() {
  const heard: Array<Parameters<Services["events"]["subscribe"]>> = [];
  let isOver = false;
  async function* subscribe(...input: (typeof heard)[number]) {
    heard.push(input);
    try {
      for (const id of ["8", "9"]) yield { id, event: groups };
    } finally {
      isOver = true;
    }
  }
  const { services } = recorded(null).context;
  return { services: { ...services, events: { ...services.events, subscribe } }, heard, isOver: () => isOver };
}

test("a stream takes up after what was seen last, names each event, and ends what it listens to", async () => {
  const { services, heard, isOver } = stream();
  const gone = new AbortController();
  const api = appRouter.createCaller({ ...recorded(user).context, services }, { signal: gone.signal });
  const events = await api.sync.events({ lastEventId: "7" });
  const seen: unknown[] = [];
  for await (const event of events) {
    seen.push(event);
    expect(isOver()).toBe(false);
  }
  expect(seen).toEqual([tracked("8", groups), tracked("9", groups)]);
  expect(isOver()).toBe(true);
  expect(heard).toEqual([[user, "7", expect.any(AbortSignal)]]);
  expect(heard[0]?.[2].aborted).toBe(false);
  gone.abort();
  expect(heard[0]?.[2].aborted).toBe(true);
});

test("who has seen nothing begins with what happens now, and need not say when they leave", async () => {
  for (const input of [undefined, {}, { lastEventId: null }]) {
    const { services, heard } = stream();
    for await (const _ of await appRouter.createCaller({ ...recorded(user).context, services }).sync.events(input))
      break;
    expect(heard).toEqual([[user, null, expect.any(AbortSignal)]]);
  }
});

test("a stream that its listener may hear no more ends with that refusal", async () => {
  const { services } = stream();
  const ends = async function* () {
    yield { id: "8", event: groups };
    throw new HeraldError("unauthenticated", "Your access has ended.");
  };
  const api = appRouter.createCaller({
    ...recorded(user).context,
    services: { ...services, events: { subscribe: ends } },
  });
  const heard: unknown[] = [];
  const listening = (async () => {
    for await (const event of await api.sync.events()) heard.push(event);
  })();
  await expect(listening).rejects.toMatchObject({ code: "UNAUTHORIZED", cause: { code: "unauthenticated" } });
  expect(heard).toEqual([tracked("8", groups)]);
});

test.each(["", "x", "7x", "x7", "-7"])("“%s” is no event, and nothing is listened to", async (lastEventId) => {
  const { services, heard } = stream();
  const api = appRouter.createCaller({ ...recorded(user).context, services });
  await expect(api.sync.events({ lastEventId })).rejects.toMatchObject({ code: "BAD_REQUEST" });
  expect(heard).toEqual([]);
});

test("a stream is for who is signed in", async () => {
  const { services, heard } = stream();
  const api = appRouter.createCaller({ ...recorded(null).context, services });
  await expect(api.sync.events()).rejects.toMatchObject({ code: "UNAUTHORIZED" });
  expect(heard).toEqual([]);
});
