import type { SessionUploadResultDto } from "@herald/contract";
import { reasonFor, restText } from "../decide/plain-words.ts";
import { turns } from "../lib/turns.ts";
import type { Actor } from "../model/actor.ts";
import type { Session, SessionSecret } from "../model/domain.ts";
import { HeraldError, isRefusal } from "../model/error.ts";
import { identityOf } from "../model/session-identity.ts";
import { afterCommit } from "../pool/session-files.ts";
import { BEING_CHECKED, type Trial, trySession } from "../pool/session-trial.ts";
import type { ReadSession, Transaction } from "../ports/index.ts";
import type { Dependencies } from "./dependencies.ts";
import type { Services } from "./services.ts";
import { auditFacts, foundSession, overtaken } from "./session-rows.ts";

/** Uploaded accounts that are tried with Telegram at the same time. */
const CHECKS_AT_ONCE = 5;

async function stillBeingChecked(tx: Transaction, id: string): Promise<void> {
  if ((await tx.sessions.find(id))?.code !== BEING_CHECKED) throw overtaken();
}

const isKnown = (name: string): SessionUploadResultDto => ({
  status: "refused",
  name,
  code: "session_known",
  message: "This account is in the pool already.",
});

const LOOK_THERE = "It may be in the list of accounts: look there, and upload it again if it is not.";

/** Takes a session file into the pool, tried with Telegram once. */
export function sessionUpload(deps: Dependencies): Services["sessions"]["upload"] {
  const { store, sessionFiles, sessionReader, hashes, clock, random, onFault } = deps;
  const inTurn = turns(CHECKS_AT_ONCE);

  /** One without a row goes at once; what cannot be removed now is removed by removeUnsettledFiles. */
  const removeFile = (id: string) => afterCommit(onFault, id, () => sessionFiles.remove(id));

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
        if (!isRefusal(error, "database_unavailable")) await removeFile(id);
        throw error;
      });
    if (added === "session_known") await removeFile(id);
    else await afterCommit(onFault, id, () => sessionFiles.settle(id));
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
    await removeFile(id);
  };

  /** Its trial is over: it is one of the unused sessions, at rest if need be. Throws `session_known` when another one is the same account. */
  const welcome = (actor: Actor, id: string, trial: Trial): Promise<Session> =>
    store.transaction(async (tx) => {
      await stillBeingChecked(tx, id);
      if (trial.kind === "alive") await tx.sessions.identify(id, identityOf(trial.account));
      await tx.sessions.setFree(id);
      if (trial.kind === "rests") await tx.sessions.rest(id, trial.rest);
      const session = await foundSession(tx, id);
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
    try {
      const { label } = await welcome(actor, id, trial);
      const added = { status: "added", name, sessionId: id, label } as const;
      if (trial.kind === "alive") return { ...added, checked: true, rest: null, message: null };
      if (trial.kind === "unchecked") return { ...added, checked: false, rest: null, message: trial.message };
      const rest = { until: trial.rest.until?.toISOString() ?? null };
      return { ...added, checked: false, rest, message: restText(trial.rest, clock.now()) };
    } catch (error) {
      if (!isRefusal(error, "session_known")) throw error;
      await withdraw(id);
      return isKnown(name);
    }
  };

  const add = async (actor: Actor, name: string, secret: SessionSecret): Promise<SessionUploadResultDto> => {
    const id = random.uuid();
    const label = name.replace(/\.(session|txt)$/i, "");
    if (!(await enter({ id, label, fileName: name }, secret))) return isKnown(name);
    const result = await trySession(deps, { id, secret }, (trial) => conclude(actor, id, name, trial));
    if (result === null) throw overtaken();
    return result;
  };

  const interrupted = (name: string, error: unknown): SessionUploadResultDto => {
    const failed = { status: "failed", name, code: "interrupted" } as const;
    if (isRefusal(error, "database_unavailable"))
      return { ...failed, message: `The database could not be reached while this file was looked at. ${LOOK_THERE}` };
    if (error instanceof HeraldError) return { ...failed, message: error.message };
    onFault(error, "an uploaded session file met a fault of ours", { name });
    return {
      ...failed,
      message: `Herald met a fault of its own with this file, and its log says which. ${LOOK_THERE}`,
    };
  };

  const take = async (actor: Actor, name: string, read: ReadSession): Promise<SessionUploadResultDto> =>
    read.ok
      ? inTurn(() => add(actor, name, read.secret))
      : { status: "refused", name, code: "session_format", message: read.reason };

  return (actor, { name, content }) =>
    // read here, so that nothing holds on to the file while its key waits and is tried
    take(actor, name, sessionReader.read(content)).catch((error: unknown) => interrupted(name, error));
}
