import { parseGroupReference } from "@herald/contract";
import { HeraldError } from "../model/error.ts";
import type { Dependencies } from "./dependencies.ts";
import type { Services } from "./services.ts";

export function groupService({ store, views }: Dependencies): Services["groups"] {
  return {
    list: (userId) => views.groups(userId),

    async add(userId, lines) {
      const wanted = new Set<string>();
      for (const [index, line] of lines.entries()) {
        if (line.trim() === "") continue;
        const parsed = parseGroupReference(line);
        if (!parsed.ok)
          throw new HeraldError(
            "invalid_input",
            `Line ${index + 1} (“${line.trim()}”): ${parsed.reason} No group was added.`,
            {
              field: `lines.${index}`,
            },
          );
        wanted.add(parsed.reference);
      }
      if (wanted.size === 0)
        throw new HeraldError("invalid_input", "Write at least one group, one a line.", { field: "lines" });
      const added = await store.transaction(async (tx) => {
        const bot = await tx.bots.lockOfUser(userId);
        const user = await tx.users.find(userId);
        const present = await tx.groups.list(bot.id);
        const known = new Set(present.map((group) => group.reference));
        const fresh = [...wanted].filter((reference) => !known.has(reference));
        const maxGroups = user?.plan?.maxGroups;
        if (maxGroups !== undefined && present.length + fresh.length > maxGroups)
          throw new HeraldError(
            "plan_limit_groups",
            `The plan allows ${maxGroups} groups: with these there would be ${present.length + fresh.length}. No group was added.`,
            { field: "lines", details: { maxGroups, groups: present.length + fresh.length } },
          );
        const groups = await tx.groups.add(bot, fresh);
        await tx.changed(userId, "groups");
        return groups.length;
      });
      return { added, alreadyThere: wanted.size - added, groups: await views.groups(userId) };
    },

    async remove(userId, ids) {
      const removed = await store.transaction(async (tx) => {
        const bot = await tx.bots.lockOfUser(userId);
        const count = await tx.groups.remove(bot.id, ids);
        await tx.changed(userId, "groups");
        return count;
      });
      return { removed };
    },

    async reactivate(userId, ids) {
      const reactivated = await store.transaction(async (tx) => {
        const bot = await tx.bots.ofUser(userId);
        const count = await tx.groups.reactivate(bot.id, ids);
        await tx.changed(userId, "groups");
        return count;
      });
      return { reactivated };
    },
  };
}
