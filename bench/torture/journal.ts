/** What the tool did, and to whom. Times in milliseconds since 1970. */
export interface Deed {
  at: number;
  /** when it was over; as `at` where it took no time */
  until: number;
  text: string;
  engineId?: string | undefined;
  userId?: string | undefined;
  /** an answer that was under way may have been lost by it */
  severs?: boolean | undefined;
}

type Whom = Pick<Deed, "engineId" | "userId" | "severs">;

/** A line that an engine printed. */
export interface EngineLine {
  at: number;
  engineId: string;
  text: string;
}

/** Keeps everything that a timeline may need. */
export class Journal {
  readonly deeds: Deed[] = [];
  readonly lines: EngineLine[] = [];

  /** Notes a deed that begins now; its `until` is set when the returned function is called. */
  begin(text: string, whom: Whom = {}): () => void {
    const at = Date.now();
    const deed: Deed = { at, until: at, text, ...whom };
    this.deeds.push(deed);
    return () => {
      deed.until = Date.now();
    };
  }

  note(text: string, whom: Whom = {}): void {
    this.begin(text, whom);
  }

  line(engineId: string, text: string): void {
    this.lines.push({ at: Date.now(), engineId, text });
  }

  /** All of it by time, a line each. */
  toString(): string {
    const deeds = this.deeds.map(({ at, until, text, userId }) => ({
      at,
      text: `tool      ${text}${userId === undefined ? "" : ` (user ${userId})`}, ${until - at} ms`,
    }));
    const lines = this.lines.map(({ at, engineId, text }) => ({ at, text: `${engineId.padEnd(9)} ${text}` }));
    return [...deeds, ...lines]
      .sort((a, b) => a.at - b.at)
      .map(({ at, text }) => `${new Date(at).toISOString().slice(11, 23)} ${text}\n`)
      .join("");
  }
}
