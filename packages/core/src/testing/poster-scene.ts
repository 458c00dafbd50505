import type { Delivery } from "../model/domain.ts";
import type { Outcome } from "../model/outcome.ts";
import type { Claim } from "../ports/index.ts";
import { LaneAddresses } from "../posting/lane-addresses.ts";
import { type Link, SlotPoster } from "../posting/slot-poster.ts";
import { FakePosting } from "./fake-posting.ts";
import { aChat } from "./fake-telegram.ts";

const POST = "https://t.me/shop/5";

/** A poster of session a, which knows the group @one (chat 1) and can look @two up (chat 2); its slots are "a in one" and "a in two", and so many seconds are left for them. */
export async function posterScene(more: Partial<Delivery> = {}, { forward = false, seconds = 600 } = {}) {
  const world = new FakePosting();
  const { bots, telegram, clock } = world;
  const session = world.session("a");
  world.group("one", 1);
  world.group("two", 2);
  telegram.chats.set("@shop", aChat(9, { kind: "channel" }));
  await bots.chats.repository.found("a", "@one", aChat(1));
  if (forward) world.cycle = { ...world.cycle, post: { type: "link", content: POST } };
  const { cycle } = world;
  const slots = [world.delivery("a", "one", 0, more), world.delivery("a", "two")];
  const open = new Map(slots.map((delivery) => [delivery.id, delivery]));
  const addresses = new LaneAddresses((work) => bots.store.transaction(work), clock, session);
  await addresses.load(["one", "two"]);
  const stop = new AbortController();
  const lease = { sessionId: "a", fence: 3n, held: () => true, release: async () => {} };
  const client = telegram.client("a");
  const source = forward ? await addresses.source(client, POST) : null;
  if (source !== null && source.kind !== "source") throw new Error("The post has no source.");
  const link: Link = { client, lease, source };
  const work = { cycle, session, open, addresses, deadline: () => world.at(seconds), signal: stop.signal };
  const poster = new SlotPoster(world.lane, work);
  return {
    ...{ world, bots, telegram, clock, addresses, stop, link, poster, open },
    settlements: world.ledger.settlements,
    post: (group = "one") => poster.post(link, `a in ${group}`),
    answers: (...outcomes: Outcome[]) => void telegram.answers.set("1", outcomes),
    claims: (...claims: Claim[]) => void world.ledger.answers.set("a in one", claims),
  };
}
