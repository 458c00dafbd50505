import { parseGroupReference } from "@herald/contract";
import type { Person } from "../model/actor.ts";
import type { AuditAction, AuditEntry } from "../model/audit.ts";
import type { Group } from "../model/domain.ts";
import { HeraldError } from "../model/error.ts";
import type { Transaction } from "../ports/index.ts";
import type { Dependencies } from "./dependencies.ts";
import type { Services } from "./services.ts";

/** Something that is done to groups that are there. */
interface GroupAct {
  action: AuditAction;
  /** which of the groups that are meant it changes */
  concerns(group: Group): boolean;
  /** what the audit keeps, of the references of those */
  facts(references: string[]): Pick<AuditEntry, "before" | "after">;
  /** @returns how many were changed */
  carryOut(tx: Transaction, botId: string): Promise<number>;
}

export function groupService({ store, views }: Dependencies): Services["groups"] {
  const change = (actor: Person, ids: readonly string[], { action, concerns, facts, carryOut }: GroupAct) =>
    store.transaction(async (tx) => {
      const userId = actor.id;
      const bot = await tx.bots.lockOfUser(userId);
      const meant = new Set(ids);
      const concerned = (await tx.groups.list(bot.id)).filter((group) => meant.has(group.id) && concerns(group));
      const count = await carryOut(tx, bot.id);
      if (concerned.length > 0)
        await tx.audit({
          actor,
          action,
          target: { kind: "bot", id: bot.id },
          userId,
          ...facts(concerned.map(({ reference }) => reference)),
        });
      await tx.changed(userId, "groups");
      return count;
    });

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

    remove: async (actor, ids) => ({
      removed: await change(actor, ids, {
        action: "groups.remove",
        concerns: () => true,
        facts: (groups) => ({ before: { groups }, after: null }),
        carryOut: (tx, botId) => tx.groups.remove(botId, ids),
      }),
    }),

    reactivate: async (actor, ids) => ({
      reactivated: await change(actor, ids, {
        action: "groups.reactivate",
        concerns: ({ state }) => state === "retired",
        facts: (groups) => ({ before: { retired: groups }, after: { active: groups } }),
        carryOut: (tx, botId) => tx.groups.reactivate(botId, ids),
      }),
    }),
  };
}
