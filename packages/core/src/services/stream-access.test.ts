import { expect, test } from "vitest";
import type { Identity } from "../model/actor.ts";
import { HeraldError } from "../model/error.ts";
import type { Change, Events, Listener, Views } from "../ports/index.ts";
import { aUser } from "../testing/fake-bots.ts";
import { FakeClock } from "../testing/fake-clock.ts";
import { only } from "../testing/only.ts";
import type { Dependencies } from "./dependencies.ts";
import { eventService } from "./events.ts";

// A stream stays open for hours; who listens may be let in no more before it ends.

const progress = { deliveryIds: ["1"], logIds: [] };
const ENDED = "your access has ended";

/** A stream of an identity that ends at `expiresAt`, in milliseconds from now. `tell` tells it of a change. */
function listen({ expiresAt = null }: { expiresAt?: number | null } = {}) {
  const clock = new FakeClock();
  const identity: Identity = {
    user: aUser({ id: "ada", role: "admin" }),
    credential: {
      kind: "sign_in",
      id: "sign-in",
      expiresAt: expiresAt === null ? null : new Date(clock.now().getTime() + expiresAt),
    },
  };
  const access = { answers: true as boolean | Error, asked: [] as Identity[] };
  const listeners: Listener[] = [];
  let wake = () => {};
  const waiting: Change[] = [];
  const service = eventService(
    only<Dependencies>({
      clock,
      events: only<Events>({
        async *subscribe(listener, _since, signal) {
          listeners.push(listener);
          signal.addEventListener("abort", () => wake(), { once: true });
          while (!signal.aborted) {
            for (const change of waiting.splice(0)) yield { change, before: "1", id: "2" };
            if (signal.aborted) return;
            await new Promise<void>((resolve) => {
              wake = resolve;
            });
          }
        },
      }),
      views: only<Views>({ progress: async () => ({ cycle: null, slots: [], stats: null, log: [] }) }),
    }),
    {
      holds: async (asked) => {
        access.asked.push(asked);
        if (access.answers instanceof Error) throw access.answers;
        return access.answers;
      },
    },
  );
  const page = new AbortController();
  const heard: string[] = [];
  const end = (async () => {
    for await (const { event } of service.subscribe(identity, null, page.signal)) heard.push(event.type);
    return "left";
  })().catch((error: unknown) => (error instanceof HeraldError && error.code === "unauthenticated" ? ENDED : error));
  const tell = async (change: Partial<Change>) => {
    waiting.push({ progress: null, bot: false, groups: false, pool: false, ...change });
    wake();
    await clock.advance(0);
  };
  return { clock, identity, access, listeners, page, heard, end, tell };
}

test("who is let in hears of what is theirs, until they leave", async () => {
  const { clock, page, heard, end, tell, listeners } = listen();
  await tell({ groups: true, pool: true });
  await clock.advance(86_400_000);
  await tell({ pool: true });
  page.abort();
  expect(await end).toBe("left");
  expect(heard).toEqual(["groups", "pool", "pool"]);
  expect(listeners).toEqual([{ userId: "ada", role: "admin" }]);
  // nothing of it goes on
  await clock.advance(0);
  expect(clock.sleeping).toBe(0);
});

test("what took their access away ends the stream, and nothing that came with it is told", async () => {
  const { access, identity, heard, end, tell } = listen();
  await tell({ pool: true });
  access.answers = false;
  await tell({ bot: true, progress, pool: true });
  expect(await end).toBe(ENDED);
  expect(heard).toEqual(["pool"]);
  expect(access.asked).toEqual([identity]);
});

test("a stream ends when what let its listener in is over, to the millisecond, and quiet as it is", async () => {
  const { clock, heard, end, tell, access } = listen({ expiresAt: 10_000 });
  await clock.advance(9_999);
  await tell({ groups: true });
  await clock.advance(1);
  expect(await end).toBe(ENDED);
  expect(heard).toEqual(["groups"]);
  expect(access.asked).toEqual([]);
});

test("what no event tells of is noticed within half a minute", async () => {
  const { clock, access, heard, end, tell } = listen({ expiresAt: 86_400_000 });
  await clock.advance(60_000);
  access.answers = false;
  await clock.advance(29_999);
  await tell({ pool: true });
  await clock.advance(1);
  expect(await end).toBe(ENDED);
  expect(heard).toEqual(["pool"]);
});

test("a listener who cannot be asked about is asked about again", async () => {
  const { clock, access, heard, end, tell } = listen();
  access.answers = new HeraldError("database_unavailable", "away");
  await clock.advance(90_000);
  await tell({ bot: true, groups: true });
  expect(heard).toEqual([]);
  access.answers = false;
  await clock.advance(500);
  expect(await end).toBe(ENDED);
  expect(heard).toEqual([]);
});
