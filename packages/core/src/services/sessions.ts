import type { SessionUploadResultDto } from "@herald/contract";
import { reasonFor } from "../decide/plain-words.ts";
import type { Actor } from "../model/actor.ts";
import { changed, type Facts } from "../model/audit.ts";
import type { Session, SessionSecret } from "../model/domain.ts";
import { HeraldError } from "../model/error.ts";
import type { Account } from "../model/outcome.ts";
import { maskPhone, sessionLabel } from "../model/session-identity.ts";
import { pickApiPair } from "../pool/assign-sessions.ts";
import type { Dependencies } from "./dependencies.ts";
import type { Services } from "./services.ts";

/** Uploaded accounts that are tried with Telegram at the same time. */
const CHECKS_AT_ONCE = 5;

const UNREADABLE_PAIR = reasonFor({ kind: "config_error", code: "API_PAIR_UNREADABLE" });

/** What the audit keeps of a session: nothing that its phone or key could be read from. */
const auditFacts = ({ label, fileName, username, phoneMasked, telegramUserId, place }: Session): Facts => ({
  label,
  fileName,
  username,
  phoneMasked,
  telegramUserId,
  place,
});

type Check =
  | { kind: "alive"; account: Account }
  | { kind: "dead"; code: string }
  | { kind: "unchecked"; message: string };

export function sessionService(deps: Dependencies): Services["sessions"] {
  const { store, views, gateway, sessionFiles, sessionReader, hashes, random } = deps;

  /** Signs in once with the key and asks who it is. The seat is not kept: a session gets its pair when it is assigned. */
  const check = async (secret: SessionSecret): Promise<Check> => {
    const api = await store.transaction(async (tx) => {
      const pair = pickApiPair(await tx.apiPairs.list());
      return pair === null ? "no_seat" : tx.apiPairs.credentials(pair.id);
    });
    if (api === "no_seat")
      return { kind: "unchecked", message: "Not tried with Telegram yet: no API pair has a free seat." };
    if (api === null) return { kind: "unchecked", message: `Not tried with Telegram yet: ${UNREADABLE_PAIR}.` };
    const abort = new AbortController();
    const connected = await gateway.connect({ secret, api }, { signal: abort.signal, mayUse: () => true });
    const refused = (refusal: { kind: string; code: string }): Check =>
      refusal.kind === "session_dead"
        ? { kind: "dead", code: refusal.code }
        : { kind: "unchecked", message: `Not tried: Telegram did not let it in now (${refusal.code}).` };
    if (connected.kind !== "connected") return refused(connected);
    try {
      const me = await connected.client.me();
      return me.kind === "me" ? { kind: "alive", account: me.account } : refused(me);
    } finally {
      await connected.client.close();
    }
  };

  const add = async (actor: Actor, file: { name: string; content: string }): Promise<SessionUploadResultDto> => {
    const { name } = file;
    const read = sessionReader.read({ name, content: Buffer.from(file.content, "base64") });
    if (!read.ok) return { status: "refused", name, code: "session_format", message: read.reason };
    const fingerprint = hashes.sha256(read.secret.authKey);
    const known = {
      status: "refused",
      name,
      code: "session_known",
      message: "This account is in the pool already.",
    } as const;
    // before it is tried: an account of the pool may be at work, and a key is used by one connection at a time
    if (await store.transaction((tx) => tx.sessions.isKnown(fingerprint))) return known;
    const checked = await check(read.secret);
    if (checked.kind === "dead")
      return {
        status: "refused",
        name,
        code: "session_dead",
        message: `Telegram does not accept this account any more (${checked.code}). Sign in again and export it anew.`,
      };
    const account = checked.kind === "alive" ? checked.account : null;
    const label = account === null ? name.replace(/\.(session|txt)$/i, "") : sessionLabel(account);
    const id = random.uuid();
    // Before the row, which without its file would be an account that nobody can use; and outside the transaction, which
    // may be run again. What a crash leaves here is removed by removeUnsettledFiles.
    await sessionFiles.put(id, read.secret);
    const enter = store.transaction(async (tx) => {
      const added = await tx.sessions.add({
        id,
        label,
        fileName: name,
        username: account?.username ?? null,
        phoneMasked: account?.phone ? maskPhone(account.phone) : null,
        telegramUserId: account?.userId ?? null,
        fingerprint,
      });
      if (added === "session_known") return false;
      await tx.audit({
        actor,
        action: "session.add",
        target: { kind: "session", id: added.id },
        userId: null,
        before: null,
        after: auditFacts(added),
      });
      await tx.poolChanged();
      return true;
    });
    const entered = await enter.catch(async (error: unknown) => {
      // with PostgreSQL away in the moment of the commit the row may stand all the same
      if (!(error instanceof HeraldError && error.code === "database_unavailable")) await sessionFiles.remove(id);
      throw error;
    });
    if (!entered) {
      await sessionFiles.remove(id);
      return known;
    }
    await sessionFiles.settle(id);
    return {
      status: "added",
      name,
      sessionId: id,
      label,
      checked: account !== null,
      message: checked.kind === "unchecked" ? checked.message : null,
    };
  };

  return {
    list: () => views.sessions(),

    async upload(actor, { files }) {
      const results = new Array<SessionUploadResultDto>(files.length);
      const queue = files.entries();
      const worker = async () => {
        for (const [index, file] of queue) results[index] = await add(actor, file);
      };
      await Promise.all(Array.from({ length: Math.min(CHECKS_AT_ONCE, files.length) }, worker));
      return results;
    },

    async remove(actor, id) {
      await store.transaction(async (tx) => {
        const session = await tx.sessions.find(id);
        if (session === null) throw new HeraldError("not_found", "This account is not in the pool any more.");
        if (session.place === "assigned")
          throw new HeraldError(
            "session_in_use",
            `${session.label} works for a bot. Only unused or banned accounts can be removed.`,
          );
        // in vain when the transaction fails or runs again, which does no harm: it is found there too
        await sessionFiles.unsettle(id);
        await tx.sessions.remove(id);
        await tx.audit({
          actor,
          action: "session.remove",
          target: { kind: "session", id },
          userId: null,
          before: auditFacts(session),
          after: null,
        });
        await tx.poolChanged();
      });
      await sessionFiles.remove(id);
      return { removed: true };
    },

    async wake(actor, id) {
      await store.transaction(async (tx) => {
        const session = await tx.sessions.find(id);
        if (session === null) throw new HeraldError("not_found", "This account is not in the pool any more.");
        // an account that several groups refused because it was limited may be tried there again
        if (session.code !== null) await tx.sessionChats.reopen(id, session.code);
        await tx.sessions.rest(id, null);
        const { needsAdmin, reason, code } = session;
        const difference = changed(
          { needsAdmin, restingUntil: session.restingUntil?.toISOString() ?? null, reason, code },
          { needsAdmin: false, restingUntil: null, reason: null, code: null },
        );
        if (difference !== null && session.place !== "banned")
          await tx.audit({
            actor,
            action: "session.wake",
            target: { kind: "session", id },
            userId: session.userId,
            ...difference,
          });
        await tx.poolChanged();
        if (session.userId !== null) await tx.changed(session.userId, "bot");
      });
      return { woken: true };
    },
  };
}
