import { HeraldError } from "../model/error.ts";
import type { Dependencies } from "./dependencies.ts";
import type { Services } from "./services.ts";

export function userService({ store, views, hashes, random }: Dependencies): Services["users"] {
  return {
    async viewer(userId) {
      const viewer = await views.viewer(userId);
      if (viewer === null) throw new HeraldError("not_found", "This user does not exist any more.");
      return viewer;
    },

    list: () => views.users(),

    async create({ email, name, password, role, plan }) {
      const passwordHash = await hashes.password(password);
      return store.transaction(async (tx) => {
        const user = await tx.users.create({ email, name, passwordHash, role, plan });
        if (user === "email_taken")
          throw new HeraldError("email_taken", `${email} has a login already.`, { field: "email" });
        await tx.poolChanged();
        return { id: user.id };
      });
    },

    async update({ id, name, password, plan, disabled }) {
      const passwordHash = password === undefined ? undefined : await hashes.password(password);
      return store.transaction(async (tx) => {
        const user = await tx.users.find(id);
        if (user === null) throw new HeraldError("not_found", "This user does not exist any more.");
        if (disabled === true && user.role === "admin" && (await tx.users.countAdmins()) <= 1)
          throw new HeraldError("last_admin", "This is the only admin: nobody could let them in again.", {
            field: "disabled",
          });
        await tx.users.update(id, {
          ...(name === undefined ? {} : { name }),
          ...(passwordHash === undefined ? {} : { passwordHash }),
          ...(plan === undefined ? {} : { plan }),
          ...(disabled === undefined ? {} : { disabled }),
        });
        await tx.changed(id, "bot");
        await tx.poolChanged();
        return { id };
      });
    },

    async createApiKey(userId) {
      const key = `hk_${random.token(32)}`;
      await store.transaction((tx) => tx.users.setApiKey(userId, { hash: hashes.sha256(key), hint: key.slice(-4) }));
      return { key };
    },

    async revokeApiKey(userId) {
      await store.transaction((tx) => tx.users.setApiKey(userId, null));
      return { revoked: true };
    },

    byApiKey: (key) =>
      store.transaction(async (tx) => {
        const user = await tx.users.findByApiKeyHash(hashes.sha256(key));
        return user === null || user.disabled ? null : user;
      }),

    byId: (id) =>
      store.transaction(async (tx) => {
        const user = await tx.users.find(id);
        return user === null || user.disabled ? null : user;
      }),
  };
}
