import { setTimeout as sleep } from "node:timers/promises";
import type { Person } from "@herald/testing/people";
import { insist } from "./insist.ts";
import type { Journal } from "./journal.ts";
import type { Random } from "./random.ts";
import type { Stage } from "./stage.ts";

/** Between two looks of the admin at chats and accounts, in milliseconds. */
const LOOK_MS = { least: 2_000, most: 5_000 };

/** A chat was closed to all posts: surely from `from` until `until`, in milliseconds since 1970. */
export interface OptOut {
  chatId: number;
  from: number;
  until: number;
}

/** The admin of the run: closes a chat now and then and opens it again, and wakes accounts that Telegram limits no more. */
export class Operator {
  readonly #admin: Person;
  readonly #stage: Stage;
  readonly #journal: Journal;
  readonly optOuts: OptOut[];

  constructor({ admin, stage, journal }: { admin: Person; stage: Stage; journal: Journal }) {
    this.#admin = admin;
    this.#stage = stage;
    this.#journal = journal;
    this.optOuts = stage.optedOut.map(({ markedId }) => ({
      chatId: markedId,
      from: 0,
      until: Number.POSITIVE_INFINITY,
    }));
  }

  /** Works until `signal` aborts; a chat that is closed then stays so. */
  async work(random: Random, signal: AbortSignal): Promise<void> {
    let closed: OptOut | undefined;
    while (!signal.aborted) {
      await sleep(random.between(LOOK_MS.least, LOOK_MS.most));
      await this.#wakeAccounts();
      if (closed === undefined) closed = await this.#close(random.pick(this.#stage.chats).markedId, signal);
      else closed = await this.#open(closed, signal);
    }
  }

  async #close(chatId: number, signal: AbortSignal): Promise<OptOut | undefined> {
    if (!(await this.#say(chatId, true, signal))) return undefined;
    const optOut = { chatId, from: Date.now(), until: Number.POSITIVE_INFINITY };
    this.optOuts.push(optOut);
    this.#journal.note(`chat ${chatId} has opted out`);
    return optOut;
  }

  async #open(optOut: OptOut, signal: AbortSignal): Promise<OptOut | undefined> {
    // from the asking on, for the answer may be lost
    optOut.until = Math.min(optOut.until, Date.now());
    return (await this.#say(optOut.chatId, false, signal)) ? undefined : optOut;
  }

  /** @returns whether an engine took it */
  #say(chatId: number, optedOut: boolean, signal: AbortSignal): Promise<boolean> {
    return insist(() => this.#admin.api.chats.update.mutate({ id: String(chatId), optedOut }), signal);
  }

  /** As an operator who has looked at the account in a Telegram app. */
  async #wakeAccounts(): Promise<void> {
    try {
      for (const { id, label, needsAdmin } of await this.#admin.api.sessions.list.query()) {
        const account = this.#stage.accounts.find(({ username }) => label === `@${username}`);
        if (!needsAdmin || account === undefined || account.limitError !== undefined) continue;
        await this.#admin.api.sessions.wake.mutate({ id });
        this.#journal.note(`account ${account.id} is woken`);
      }
    } catch {
      // no engine could do it: at the next look
    }
  }
}
