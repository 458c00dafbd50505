import type { Delivery, Session } from "../model/domain.ts";
import { SessionLane } from "../posting/session-lane.ts";
import { FakePosting } from "./fake-posting.ts";

/** The lane of session a, with slots in @one (chat 1) and @two (chat 2), at the beginning and a delay of 5 s later. */
export function laneScene(more: Partial<Session> = {}, plannedAt: [number, number] = [0, 5]) {
  const world = new FakePosting();
  const session = world.session("a", more);
  world.group("one", 1);
  world.group("two", 2);
  const deliveries = [world.delivery("a", "one", plannedAt[0]), world.delivery("a", "two", plannedAt[1])];
  const stop = new AbortController();
  const left: Delivery[][] = [];
  const { telegram, clock } = world;
  /** each send with the second in which it left */
  const sends = () => telegram.sent.map(({ to, randomId, at }) => [to, randomId, at / 1000]);
  const lane = () =>
    new SessionLane(world.lane, {
      cycle: world.cycle,
      session,
      deliveries,
      signal: stop.signal,
      cut: stop.signal,
      inherit: () => left.shift() ?? [],
    });
  const run = () => clock.run(lane().run());
  return { world, telegram, clock, stop, left, deliveries, sends, lane, run };
}
