/** How often an account may call some methods: a token bucket an account and rule. */
export interface FloodRule {
  /** Method names that share the bucket; `*` stands for all. */
  readonly methods: readonly string[];
  /** Calls that may come at once. */
  readonly capacity: number;
  readonly refillPerSecond: number;
  /** The wait that is asked for when the bucket is empty. Seconds. @default until one call has been refilled */
  readonly waitSeconds?: number | undefined;
}

interface Bucket {
  tokens: number;
  at: number;
  waitUntil: number;
}

/** Answers FLOOD_WAIT by rule. Without rules nothing is limited: Telegram publishes no numbers. */
export class FloodModel {
  private readonly rules: FloodRule[] = [];
  private readonly buckets = new Map<string, Bucket>();
  private readonly ignored = new Map<number, number>();
  /** An account that sends inside waits so often is answered PEER_FLOOD from then on. @default never */
  peerFloodAfterIgnoredWaits: number | undefined;

  addRule(rule: FloodRule): void {
    this.rules.push(rule);
  }

  clear(): void {
    this.rules.length = 0;
    this.buckets.clear();
  }

  /** Takes one call from the account's bucket. @returns whole seconds to wait, 0 when the call may go on */
  take(accountId: number, method: string, nowMs: number): number {
    let wait = 0;
    this.rules.forEach((rule, index) => {
      if (!rule.methods.includes(method) && !rule.methods.includes("*")) return;
      wait = Math.max(wait, this.takeFrom(this.bucket(`${accountId} ${index}`, rule, nowMs), rule, nowMs));
    });
    return wait;
  }

  /** @returns whether the account has ignored waits too often */
  ignoredWait(accountId: number): boolean {
    const count = (this.ignored.get(accountId) ?? 0) + 1;
    this.ignored.set(accountId, count);
    return this.peerFloodAfterIgnoredWaits !== undefined && count >= this.peerFloodAfterIgnoredWaits;
  }

  private bucket(key: string, rule: FloodRule, nowMs: number): Bucket {
    const bucket = this.buckets.get(key) ?? { tokens: rule.capacity, at: nowMs, waitUntil: 0 };
    this.buckets.set(key, bucket);
    return bucket;
  }

  private takeFrom(bucket: Bucket, rule: FloodRule, nowMs: number): number {
    bucket.tokens = Math.min(rule.capacity, bucket.tokens + ((nowMs - bucket.at) / 1000) * rule.refillPerSecond);
    bucket.at = nowMs;
    if (bucket.waitUntil <= nowMs && bucket.tokens >= 1) {
      bucket.tokens--;
      return 0;
    }
    if (bucket.waitUntil <= nowMs) {
      const seconds = rule.waitSeconds ?? (1 - bucket.tokens) / rule.refillPerSecond;
      bucket.waitUntil = nowMs + Math.ceil(seconds) * 1000;
    }
    return Math.ceil((bucket.waitUntil - nowMs) / 1000);
  }
}
