import { expect } from "vitest";
import type { Tl } from "../clients/client.ts";
import { channelTo, isNewMessage, nextUpdate, peerTo, type Scenario, send } from "./stage.ts";

export const updateScenarios: Scenario[] = [
  {
    name: "members see a post, with the group's next pts",
    run: async (stage) => {
      const alice = await stage.as(stage.alice);
      const bob = await stage.as(stage.bob);
      await bob.invoke("updates.getState");
      const before = stage.talk.box.pts;
      const arrived = nextUpdate(bob, isNewMessage("hello"));
      await send(alice, peerTo(stage.alice, stage.talk), "hello");
      const update = await arrived;
      expect(update.pts).toBe(before + 1);
      expect(update.pts_count).toBe(1);
      expect(Number(update.message.from_id.user_id)).toBe(stage.alice.id);
      expect(update.message.out ?? false).toBe(false);
    },
  },
  {
    name: "a post from the world reaches the members' clients",
    run: async (stage) => {
      const client = await stage.as(stage.alice);
      await client.invoke("updates.getState");
      const arrived = nextUpdate(client, isNewMessage("breaking"));
      stage.talk.post("breaking");
      expect((await arrived).message.message).toBe("breaking");
    },
  },
  {
    name: "a gap in a group is filled by its difference",
    run: async (stage) => {
      const client = await stage.as(stage.alice);
      const { pts } = stage.talk.box;
      for (const text of ["a", "b", "c"]) stage.talk.post(text);
      const difference = (from: number, limit: number) =>
        client.invoke("updates.getChannelDifference", {
          channel: channelTo(stage.alice, stage.talk),
          filter: { _: "channelMessagesFilterEmpty" },
          ...{ pts: from, limit },
        });
      const part = await difference(pts, 2);
      expect(texts(part)).toEqual(["a", "b"]);
      expect(part.final ?? false).toBe(false);
      const rest = await difference(part.pts as number, 100);
      expect(texts(rest)).toEqual(["c"]);
      expect(rest.final).toBe(true);
      expect((await difference(rest.pts as number, 100)).new_messages).toBeUndefined();
    },
  },
  {
    name: "a gap in the account's own box is filled by its difference",
    run: async (stage) => {
      const group = stage.world.basicGroup({ title: "Family", members: [stage.alice] });
      const client = await stage.as(stage.alice);
      const state = await client.invoke("updates.getState");
      group.post("dinner");
      group.post("is ready");
      const difference = await client.invoke("updates.getDifference", { pts: state.pts, date: state.date, qts: 0 });
      expect(texts(difference)).toEqual(["dinner", "is ready"]);
      expect(difference.state.pts).toBe((state.pts as number) + 2);
    },
  },
];

const texts = (difference: Tl): string[] => difference.new_messages.map((message: Tl) => message.message as string);
