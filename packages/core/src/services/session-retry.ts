import type { SessionRetryResultDto } from "@herald/contract";
import { reasonFor, restText } from "../decide/plain-words.ts";
import type { Actor } from "../model/actor.ts";
import type { Session } from "../model/domain.ts";
import { HeraldError, isRefusal } from "../model/error.ts";
import { identityOf } from "../model/session-identity.ts";
import { moveSessionFiles } from "../pool/session-files.ts";
import { BEING_CHECKED, type Trial, trySession } from "../pool/session-trial.ts";
import type { Dependencies } from "./dependencies.ts";
import type { Services } from "./services.ts";
import { foundSession, overtaken } from "./session-rows.ts";

/** It is known to be dead, or nobody knows yet. */
const mayBeRetried = ({ place, code }: Pick<Session, "place" | "code">): boolean =>
  place === "banned" || (place === "unused" && code === BEING_CHECKED);

/** Tries once more whether Telegram accepts a session that is banned, or whose first trial did not end. */
export function sessionRetry(deps: Dependencies): Services["sessions"]["retry"] {
  const { store, sessionFiles, clock } = deps;

  /** What was found of a session that is tried again: it is unused, or banned for what Telegram says now. */
  const reconsider = async (actor: Actor, id: string, trial: Trial): Promise<SessionRetryResultDto> => {
    if (trial.kind === "unchecked") return { found: "not_tried", message: `${trial.message} Nothing was changed.` };
    const session = await store.transaction(async (tx) => {
      const before = await foundSession(tx, id);
      if (!mayBeRetried(before)) throw overtaken();
      if (trial.kind === "dead") {
        const why = { reason: reasonFor({ kind: "session_dead", code: trial.code }), code: trial.code };
        if (before.place === "banned") await tx.sessions.stayBanned(id, why);
        else await tx.sessions.ban(id, { ...why, cause: trial.cause, at: clock.now() });
      } else {
        if (trial.kind === "alive") await tx.sessions.identify(id, identityOf(trial.account));
        await tx.sessions.setFree(id);
        if (trial.kind === "rests") await tx.sessions.rest(id, trial.rest);
      }
      const after = await foundSession(tx, id);
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
    await moveSessionFiles(deps, [session]);
    const { label, reason } = session;
    if (trial.kind === "dead") return { found: "dead", message: `${label} cannot be used: ${reason}.` };
    if (trial.kind === "alive")
      return { found: "alive", message: `Telegram accepts ${label}: it is ready for a bot again.` };
    const message = `${label} is in the pool again, and no bot gets it yet. ${restText(trial.rest, clock.now())}`;
    return { found: "resting", message };
  };

  return async (actor, id) => {
    const { label, ...session } = await store.transaction((tx) => foundSession(tx, id));
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
      if (!isRefusal(error, "session_known")) throw error;
      const why = reasonFor({ kind: "session_limited", code: "SAME_ACCOUNT_TWICE" });
      return { found: "not_tried", message: `Telegram accepts ${label}, but ${why}. Nothing was changed.` };
    }
    return {
      found: "not_tried",
      message: `${label} is connected to Telegram at this moment, and only one may use it at a time. Nothing was changed: try again in a few seconds.`,
    };
  };
}
