import { withoutUndefined } from "../lib/without-undefined.ts";
import type { Dependencies } from "./dependencies.ts";
import type { Services } from "./services.ts";

export function chatService({ store, views }: Dependencies): Services["chats"] {
  return {
    list: () => views.chats(),

    async update({ id, ...change }) {
      await store.transaction(async (tx) => {
        await tx.chats.update(id, withoutUndefined(change));
        await tx.poolChanged();
      });
      return views.chats();
    },
  };
}
