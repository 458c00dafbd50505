import type { BotEvent, BotStateDto } from "@herald/contract";
import type { Services } from "@herald/core";
import { isTrackedEnvelope } from "@trpc/server";
import { expect, test } from "vitest";
import { appRouter } from "../router.ts";

const user = {
  id: "u1",
  email: "u@example.org",
  name: "U",
  role: "user",
  plan: null,
  disabled: false,
  timeZone: "UTC",
  createdAt: new Date(0),
} as const;
const events: BotEvent[] = [
  { type: "groups" },
  { type: "bot", ...({} as BotStateDto) },
  { type: "groups" },
  { type: "bot", ...({} as BotStateDto) },
];

/** The types of the events that leave, where the listener's access holds at the first so many questions. */
async function listen(questions: number) {
  let asked = 0;
  const services = {
    users: { holds: async () => asked++ < questions },
    events: {
      async *subscribe() {
        for (const [id, event] of events.entries()) yield { id: `${id}`, event };
      },
    },
  } as unknown as Services;
  const api = appRouter.createCaller({ services, identify: async () => ({ user, apiKeyId: null }), fault: () => {} });
  const heard: string[] = [];
  const end = (async () => {
    for await (const sent of await api.sync.events({})) if (isTrackedEnvelope<BotEvent>(sent)) heard.push(sent[1].type);
  })();
  const error = await end.then(
    () => null,
    (thrown) => thrown,
  );
  return { heard, error };
}

test("a stream goes on while its listener would be let in", async () => {
  expect(await listen(2)).toEqual({ heard: ["groups", "bot", "groups", "bot"], error: null });
});

test("a stream ends with the access of its listener, and tells nothing more", async () => {
  const { heard, error } = await listen(1);
  expect(heard).toEqual(["groups", "bot", "groups"]);
  expect(error).toMatchObject({ code: "UNAUTHORIZED", cause: { code: "unauthenticated" } });
});
