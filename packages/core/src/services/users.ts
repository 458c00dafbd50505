import { isTooClose, TOO_CLOSE } from "@herald/contract";
import { endSignIns } from "../access/end-sign-ins.ts";
import { revokeKeys } from "../access/revoke-keys.ts";
import { stopBot } from "../bot/stop-bot.ts";
import type { Actor } from "../model/actor.ts";
import { CHANGED, changed } from "../model/audit.ts";
import type { User } from "../model/domain.ts";
import { HeraldError } from "../model/error.ts";
import type { Transaction } from "../ports/index.ts";
import { requireOwnPassword } from "../sign-in/own-password.ts";
import { forgetOwnTries } from "../sign-in/throttle.ts";
import type { Dependencies } from "./dependencies.ts";
import type { Services } from "./services.ts";

/** What every API key begins with; so many characters of a key are kept, to know it again. */
const KEY_MARK = "hk_";
const KEY_PREFIX_LENGTH = KEY_MARK.length + 6;

const GONE = "This user does not exist any more.";

/**
 * Keeps one enabled admin at least. Of two admins who disable each other at once the second finds that it was disabled
 * itself, for the rows are locked.
 */
async function refuseLastAdmin(tx: Transaction, actor: Actor, id: string, field: "disabled" | "role"): Promise<void> {
  const admins = await tx.users.lockAdmins();
  if (actor.kind !== "system" && admins.find((admin) => admin.id === actor.id)?.disabled)
    throw new HeraldError("unauthenticated", "Your login was disabled a moment ago. Nothing was changed.");
  if (admins.some((admin) => admin.id !== id && !admin.disabled)) return;
  throw new HeraldError("last_admin", "This is the only admin: nobody could let them in again.", { field });
}

/** @throws HeraldError `invalid_input` for a password that is too close to its owner */
function refuseTooClose(password: string, owner: Pick<User, "email" | "name">): void {
  if (isTooClose(password, owner)) throw new HeraldError("invalid_input", TOO_CLOSE, { field: "password" });
}

export function userService({ store, views, hashes, random, clock }: Dependencies): Services["users"] {
  const viewer = async (userId: string) => {
    const found = await views.viewer(userId);
    if (found === null) throw new HeraldError("not_found", GONE);
    return found;
  };

  return {
    viewer,
    list: () => views.users(),

    async create(actor, { email, name, password, role, plan }) {
      const passwordHash = await hashes.password(password);
      return store.transaction(async (tx) => {
        const user = await tx.users.create({ email, name, passwordHash, role, plan });
        if (user === "email_taken")
          throw new HeraldError("email_taken", `${email} has a login already.`, { field: "email" });
        await tx.audit({
          actor,
          action: "user.create",
          target: { kind: "user", id: user.id },
          userId: user.id,
          before: null,
          after: { email: user.email, name, role, plan, password: CHANGED },
        });
        await tx.poolChanged();
        return { id: user.id };
      });
    },

    async update(actor, { id, name, password, role, plan, disabled }) {
      const passwordHash = password === undefined ? undefined : await hashes.password(password);
      return store.transaction(async (tx) => {
        const found = await tx.users.find(id);
        if (found === null) throw new HeraldError("not_found", GONE);
        if (password !== undefined) refuseTooClose(password, { email: found.email, name: name ?? found.name });
        if (found.role === "admin") {
          if (disabled === true) await refuseLastAdmin(tx, actor, id, "disabled");
          if (role === "user") await refuseLastAdmin(tx, actor, id, "role");
        }
        // before the user's row, as a start does: of a start and a disabling at once the later one sees the earlier
        const bot = await tx.bots.lockOfUser(id);
        const at = clock.now();
        if (disabled === true)
          await stopBot(tx, bot, {
            actor,
            reason: "admin",
            text: "An admin disabled this account, so posting stopped.",
            level: "info",
            at,
          });
        const user = (await tx.users.find(id)) ?? found;
        await tx.users.update(id, {
          ...(name === undefined ? {} : { name }),
          ...(passwordHash === undefined ? {} : { passwordHash }),
          ...(role === undefined ? {} : { role }),
          ...(plan === undefined ? {} : { plan }),
          ...(disabled === undefined ? {} : { disabled }),
        });
        const difference = changed(
          { name: user.name, role: user.role, plan: user.plan, disabled: user.disabled },
          {
            ...(name === undefined ? {} : { name }),
            ...(password === undefined ? {} : { password: CHANGED }),
            ...(role === undefined ? {} : { role }),
            ...(plan === undefined ? {} : { plan }),
            ...(disabled === undefined ? {} : { disabled }),
          },
        );
        if (difference !== null)
          await tx.audit({ actor, action: "user.update", target: { kind: "user", id }, userId: id, ...difference });
        const hasNewRole = role !== undefined && role !== user.role;
        if (password !== undefined || disabled === true || hasNewRole) await endSignIns(tx, actor, { userId: id, at });
        // one that was given to a program of a user's is not to be an admin's all at once
        if (hasNewRole) await revokeKeys(tx, actor, { userId: id, at });
        await tx.changed(id, "bot");
        await tx.poolChanged();
        return { id };
      });
    },

    async changePassword(actor, currentId, { current, password }) {
      const user = await requireOwnPassword({ store, hashes, clock }, actor, current, "current");
      const { id } = user;
      if (password === current)
        throw new HeraldError("invalid_input", "This is the password that you have. Nothing was changed.", {
          field: "password",
        });
      refuseTooClose(password, user);
      const passwordHash = await hashes.password(password);
      await store.transaction(async (tx) => {
        await tx.users.update(id, { passwordHash });
        await forgetOwnTries(tx, id);
        await tx.audit({
          actor,
          action: "user.update",
          target: { kind: "user", id },
          userId: id,
          before: { password: null },
          after: { password: CHANGED },
        });
        await endSignIns(tx, actor, { userId: id, except: currentId, at: clock.now() });
      });
      return { changed: true };
    },

    async setTimeZone(actor, timeZone) {
      const { id } = actor;
      await store.transaction(async (tx) => {
        const user = await tx.users.find(id);
        if (user === null) throw new HeraldError("not_found", GONE);
        const difference = changed({ timeZone: user.timeZone }, { timeZone });
        if (difference === null) return;
        await tx.users.update(id, { timeZone });
        await tx.audit({ actor, action: "user.update", target: { kind: "user", id }, userId: id, ...difference });
        await tx.changed(id, "bot");
      });
      return viewer(id);
    },

    async createApiKey(actor) {
      const userId = actor.id;
      const key = `${KEY_MARK}${random.token(32)}`;
      await store.transaction(async (tx) => {
        // two who make one at once come one after the other, so that one key is left
        await tx.bots.lockOfUser(userId);
        await revokeKeys(tx, actor, { userId, at: clock.now() });
        const { id, name, prefix, hint, scopes } = await tx.apiKeys.add({
          userId,
          name: "API key",
          prefix: key.slice(0, KEY_PREFIX_LENGTH),
          hint: key.slice(-4),
          hash: hashes.sha256(key),
        });
        await tx.audit({
          actor,
          action: "api_key.create",
          target: { kind: "api_key", id },
          userId,
          before: null,
          after: { name, prefix, hint, scopes },
        });
      });
      return { key };
    },

    async revokeApiKey(actor) {
      await store.transaction((tx) => revokeKeys(tx, actor, { userId: actor.id, at: clock.now() }));
      return { revoked: true };
    },
  };
}
