import type { Delivery } from "../model/domain.ts";
import type { Claim, Ledger, Settlement } from "../ports/index.ts";
import type { FakeBots } from "./fake-bots.ts";
import type { Answer } from "./fake-telegram.ts";

/** Grants every claim that the script does not answer, and writes claims and settlements into the bot's rows. */
export class FakeLedger implements Ledger {
  /** by delivery, the answers to its next claims */
  readonly answers = new Map<string, Answer<Claim>[]>();
  readonly claims: Parameters<Ledger["claim"]>[0][] = [];
  readonly settlements: Settlement[] = [];
  readonly #bots: FakeBots;

  constructor(bots: FakeBots) {
    this.#bots = bots;
  }

  claim: Ledger["claim"] = async (claim) => {
    this.claims.push(claim);
    const answer = this.answers.get(claim.deliveryId)?.shift() ?? { kind: "go" };
    const answered = typeof answer === "function" ? await answer() : answer;
    if (answered.kind === "go") this.#write(claim.deliveryId, { state: "sending" });
    return answered;
  };

  settle(settlement: Settlement): void {
    this.settlements.push(settlement);
    const { hold, deliveryId, state, outcome, code, messageId, randomId, learned } = settlement;
    this.#write(deliveryId, { state, outcome, code, messageId, ...(randomId !== null && { randomId }) });
    if (learned?.kind !== "rest") return;
    const { until, reason } = learned;
    void this.#bots.tx.sessions.rest(hold.sessionId, { until, needsAdmin: false, reason, code: code ?? "" });
  }

  async flush(): Promise<void> {}

  #write(id: string, change: Partial<Delivery>): void {
    this.#bots.deliveries = this.#bots.deliveries.map((delivery) =>
      delivery.id === id ? { ...delivery, ...change } : delivery,
    );
  }
}
