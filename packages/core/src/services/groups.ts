import { parseGroupReference } from "@herald/contract";
import type { Group } from "../model/domain.ts";
import { HeraldError } from "../model/error.ts";
import type { Dependencies } from "./dependencies.ts";
import type { Services } from "./services.ts";

/** What those of the groups are called that are meant. */
const references = (groups: readonly Group[], ids: readonly string[]): string[] => {
  const meant = new Set(ids);
  return groups.filter((group) => meant.has(group.id)).map((group) => group.reference);
};

export function groupService({ store, views }: Dependencies): Services["groups"] {
  return {
    list: (userId) => views.groups(userId),

    async add(actor, lines) {
      const userId = actor.id;
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
        if (groups.length > 0)
          await tx.audit({
            actor,
            action: "groups.add",
            target: { kind: "bot", id: bot.id },
            userId,
            before: null,
            after: { groups: groups.map((group) => group.reference) },
          });
        await tx.changed(userId, "groups");
        return groups.length;
      });
      return { added, alreadyThere: wanted.size - added, groups: await views.groups(userId) };
    },

    async remove(actor, ids) {
      const userId = actor.id;
      const removed = await store.transaction(async (tx) => {
        const bot = await tx.bots.lockOfUser(userId);
        const gone = references(await tx.groups.list(bot.id), ids);
        const count = await tx.groups.remove(bot.id, ids);
        if (gone.length > 0)
          await tx.audit({
            actor,
            action: "groups.remove",
            target: { kind: "bot", id: bot.id },
            userId,
            before: { groups: gone },
            after: null,
          });
        await tx.changed(userId, "groups");
        return count;
      });
      return { removed };
    },

    async reactivate(actor, ids) {
      const userId = actor.id;
      const reactivated = await store.transaction(async (tx) => {
        const bot = await tx.bots.lockOfUser(userId);
        const retired = (await tx.groups.list(bot.id)).filter((group) => group.state === "retired");
        const back = references(retired, ids);
        const count = await tx.groups.reactivate(bot.id, ids);
        if (back.length > 0)
          await tx.audit({
            actor,
            action: "groups.reactivate",
            target: { kind: "bot", id: bot.id },
            userId,
            before: { retired: back },
            after: { active: back },
          });
        await tx.changed(userId, "groups");
        return count;
      });
      return { reactivated };
    },
  };
}
