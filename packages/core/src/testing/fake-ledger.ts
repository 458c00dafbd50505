import type { Delivery } from "../model/domain.ts";
import type { Claim, Ledger, Settlement } from "../ports/index.ts";
import type { FakeBots } from "./fake-bots.ts";
import type { Answer } from "./fake-telegram.ts";

/**
 * Grants every claim that the script does not answer. Claims are written into the bot's rows at once; settlements, with the
 * rest or refusal that was learned by them, as late as the real ledger may: at a flush, or before the next claim.
 */
export class FakeLedger implements Ledger {
  /** by delivery, the answers to its next claims */
  readonly answers = new Map<string, Answer<Claim>[]>();
  readonly claims: Parameters<Ledger["claim"]>[0][] = [];
  readonly settlements: Settlement[] = [];
  /** how many of them are written */
  #written = 0;
  readonly #bots: FakeBots;

  constructor(bots: FakeBots) {
    this.#bots = bots;
  }

  claim: Ledger["claim"] = async (claim) => {
    await this.flush();
    this.claims.push(claim);
    const answer = this.answers.get(claim.deliveryId)?.shift() ?? { kind: "go" };
    const answered = typeof answer === "function" ? await answer() : answer;
    if (answered.kind === "go") this.#write(claim.deliveryId, { state: "sending" });
    return answered;
  };

  settle(settlement: Settlement): void {
    this.settlements.push(settlement);
  }

  async flush(): Promise<void> {
    const unwritten = this.settlements.slice(this.#written);
    this.#written = this.settlements.length;
    for (const settlement of unwritten) {
      const { deliveryId, state, outcome, code, messageId, randomId } = settlement;
      this.#write(deliveryId, { state, outcome, code, messageId, ...(randomId !== null && { randomId }) });
      await this.#learn(settlement);
    }
  }

  async #learn({ hold: { sessionId }, log, code, learned }: Settlement): Promise<void> {
    if (learned?.kind === "rest") {
      const { until, reason } = learned;
      await this.#bots.tx.sessions.rest(sessionId, { until, needsAdmin: false, reason, code: code ?? "" });
    }
    if (learned?.kind === "refusal" && log?.groupId !== undefined) {
      const { until, ofThisPost } = learned;
      const lasting = until === null && !ofThisPost;
      this.#bots.refusals.push({ sessionId, groupId: log.groupId, until, lasting });
    }
  }

  #write(id: string, change: Partial<Delivery>): void {
    this.#bots.deliveries = this.#bots.deliveries.map((delivery) =>
      delivery.id === id ? { ...delivery, ...change } : delivery,
    );
  }
}
