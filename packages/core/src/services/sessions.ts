import type { SessionRetryResultDto, SessionUploadResultDto } from "@herald/contract";
import { reasonFor } from "../decide/plain-words.ts";
import type { Actor } from "../model/actor.ts";
import { changed, type Facts } from "../model/audit.ts";
import type { Session, SessionSecret } from "../model/domain.ts";
import { HeraldError } from "../model/error.ts";
import type { Account } from "../model/outcome.ts";
import { identityOf } from "../model/session-identity.ts";
import { BEING_CHECKED, type Trial, trySession } from "../pool/session-trial.ts";
import type { Transaction } from "../ports/index.ts";
import type { Dependencies } from "./dependencies.ts";
import type { Services } from "./services.ts";

/** Uploaded accounts that are tried with Telegram at the same time. */
const CHECKS_AT_ONCE = 5;

/** What the audit keeps of a session: nothing that its phone or key could be read from. */
const auditFacts = ({ label, fileName, username, phoneMasked, telegramUserId, place }: Session): Facts => ({
  label,
  fileName,
  username,
  phoneMasked,
  telegramUserId,
  place,
});

async function found(tx: Transaction, id: string): Promise<Session> {
  const session = await tx.sessions.find(id);
  if (session === null) throw new HeraldError("not_found", "This account is not in the pool any more.");
  return session;
}

/** An engine that stood still may have lost the lease, and an admin decided on the session meanwhile. */
const overtaken = () =>
  new HeraldError(
    "session_in_use",
    "Another admin has tried or removed this account meanwhile: see the list of accounts.",
  );

async function stillBeingChecked(tx: Transaction, id: string): Promise<void> {
  if ((await tx.sessions.find(id))?.code !== BEING_CHECKED) throw overtaken();
}

/** It is known to be dead, or nobody knows yet. */
const mayBeRetried = ({ place, code }: Pick<Session, "place" | "code">): boolean =>
  place === "banned" || (place === "unused" && code === BEING_CHECKED);

const isKnown = (name: string): SessionUploadResultDto => ({
  status: "refused",
  name,
  code: "session_known",
  message: "This account is in the pool already.",
});

export function sessionService(deps: Dependencies): Services["sessions"] {
  const { store, views, leases, sessionFiles, sessionReader, hashes, clock, random } = deps;

  /**
   * Enters row and file of a key that is to be tried, so that of two who bring it only the first may try it.
   * @returns false when the key is in the pool already
   */
  const enter = async (session: { id: string; label: string; fileName: string }, secret: SessionSecret) => {
    const { id } = session;
    // Before the row, which without its file would be an account that nobody can use; and outside the transaction, which
    // may be run again. What a crash leaves here is removed by removeUnsettledFiles.
    await sessionFiles.put(id, secret);
    const fingerprint = hashes.sha256(secret.authKey);
    const reason = reasonFor({ kind: "session_limited", code: BEING_CHECKED });
    const added = await store
      .transaction((tx) => tx.sessions.add({ ...session, fingerprint, reason, code: BEING_CHECKED }))
      .catch(async (error: unknown) => {
        // with PostgreSQL away in the moment of the commit the row may stand all the same
        if (!(error instanceof HeraldError && error.code === "database_unavailable")) await sessionFiles.remove(id);
        throw error;
      });
    if (added === "session_known") await sessionFiles.remove(id);
    else await sessionFiles.settle(id);
    return added !== "session_known";
  };

  /** What was entered was tried, and does not come into the pool. */
  const withdraw = async (id: string): Promise<void> => {
    // in vain when the transaction fails or runs again, which does no harm: it is found there too
    await sessionFiles.unsettle(id);
    await store.transaction(async (tx) => {
      await stillBeingChecked(tx, id);
      await tx.sessions.remove(id);
      await tx.poolChanged();
    });
    await sessionFiles.remove(id);
  };

  /** Its trial is over: it is one of the unused sessions. Throws `session_known` when another one is the same account. */
  const welcome = (actor: Actor, id: string, account: Account | null): Promise<Session> =>
    store.transaction(async (tx) => {
      await stillBeingChecked(tx, id);
      if (account !== null) await tx.sessions.identify(id, identityOf(account));
      await tx.sessions.setFree(id);
      const session = await found(tx, id);
      await tx.audit({
        actor,
        action: "session.add",
        target: { kind: "session", id },
        userId: null,
        before: null,
        after: auditFacts(session),
      });
      await tx.poolChanged();
      return session;
    });

  const conclude = async (actor: Actor, id: string, name: string, trial: Trial): Promise<SessionUploadResultDto> => {
    if (trial.kind === "dead") {
      await withdraw(id);
      return {
        status: "refused",
        name,
        code: "session_dead",
        message: `It cannot be used: ${reasonFor({ kind: "session_dead", code: trial.code })}. Sign in again and export it anew.`,
      };
    }
    const account = trial.kind === "alive" ? trial.account : null;
    try {
      const { label } = await welcome(actor, id, account);
      const message = trial.kind === "unchecked" ? trial.message : null;
      return { status: "added", name, sessionId: id, label, checked: account !== null, message };
    } catch (error) {
      if (!(error instanceof HeraldError && error.code === "session_known")) throw error;
      await withdraw(id);
      return isKnown(name);
    }
  };

  const add = async (actor: Actor, file: { name: string; content: string }): Promise<SessionUploadResultDto> => {
    const { name } = file;
    const read = sessionReader.read({ name, content: Buffer.from(file.content, "base64") });
    if (!read.ok) return { status: "refused", name, code: "session_format", message: read.reason };
    const { secret } = read;
    const id = random.uuid();
    const label = name.replace(/\.(session|txt)$/i, "");
    if (!(await enter({ id, label, fileName: name }, secret))) return isKnown(name);
    const result = await trySession(deps, { id, secret }, (trial) => conclude(actor, id, name, trial));
    if (result === null) throw overtaken();
    return result;
  };

  /** What was found of a session that is tried again: it is unused, or banned for what Telegram says now. */
  const reconsider = async (actor: Actor, id: string, trial: Trial): Promise<SessionRetryResultDto> => {
    if (trial.kind === "unchecked") return { found: "not_tried", message: `${trial.message} Nothing was changed.` };
    const reason = trial.kind === "dead" ? reasonFor({ kind: "session_dead", code: trial.code }) : null;
    const session = await store.transaction(async (tx) => {
      const before = await found(tx, id);
      if (!mayBeRetried(before)) throw overtaken();
      if (trial.kind === "alive") {
        await tx.sessions.identify(id, identityOf(trial.account));
        await tx.sessions.setFree(id);
      } else {
        const why = { reason: reason ?? "", code: trial.code };
        if (before.place === "banned") await tx.sessions.stayBanned(id, why);
        else await tx.sessions.ban(id, { ...why, cause: trial.cause, at: clock.now() });
      }
      const after = await found(tx, id);
      await tx.audit({
        actor,
        action: "session.retry",
        target: { kind: "session", id },
        userId: null,
        before: { place: before.place, code: before.code },
        after: { place: after.place, code: after.code },
      });
      await tx.poolChanged();
      return after;
    });
    // the row is the truth: a file that does not follow now does so when an engine boots
    await sessionFiles.move(id, session.place, null);
    return reason === null
      ? { found: "alive", message: `Telegram accepts ${session.label}: it is ready for a bot again.` }
      : { found: "dead", message: `${session.label} cannot be used: ${reason}.` };
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
      await store.transaction((tx) => found(tx, id));
      // whoever uses the key now would go on with it while it is uploaded anew
      const lease = await leases.acquire(id);
      try {
        await store.transaction(async (tx) => {
          const session = await found(tx, id);
          if (session.place === "assigned")
            throw new HeraldError(
              "session_in_use",
              `${session.label} works for a bot. Only unused or banned accounts can be removed.`,
            );
          if (lease === null)
            throw new HeraldError(
              "session_in_use",
              `${session.label} is connected to Telegram at this moment. Nothing was removed: try again in a few seconds.`,
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
      } finally {
        await lease?.release();
      }
      return { removed: true };
    },

    async wake(actor, id) {
      await store.transaction(async (tx) => {
        const session = await found(tx, id);
        if (session.code === BEING_CHECKED)
          throw new HeraldError("session_in_use", `${session.label} cannot be woken: ${session.reason}.`);
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

    async retry(actor, id) {
      const { label, ...session } = await store.transaction((tx) => found(tx, id));
      if (!mayBeRetried(session))
        throw new HeraldError("session_in_use", `${label} is not banned, so there is nothing to try again.`);
      const secret = await sessionFiles.read(id).catch((error: unknown) => {
        if (error instanceof HeraldError) throw error;
        return null;
      });
      if (secret === null) {
        const why = reasonFor({ kind: "session_limited", code: "SESSION_FILE_UNREADABLE" });
        return { found: "not_tried", message: `${label} was not tried: ${why}. Nothing was changed.` };
      }
      try {
        const result = await trySession(deps, { id, secret }, (trial) => reconsider(actor, id, trial));
        if (result !== null) return result;
      } catch (error) {
        if (!(error instanceof HeraldError && error.code === "session_known")) throw error;
        const why = reasonFor({ kind: "session_limited", code: "SAME_ACCOUNT_TWICE" });
        return { found: "not_tried", message: `Telegram accepts ${label}, but ${why}. Nothing was changed.` };
      }
      return {
        found: "not_tried",
        message: `${label} is connected to Telegram at this moment, and only one may use it at a time. Nothing was changed: try again in a few seconds.`,
      };
    },
  };
}
