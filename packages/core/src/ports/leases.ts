export interface Leases {
  /** The session's lease for this engine, or null while another engine's is valid. Fences only grow. */
  acquire(sessionId: string, engineId: string, ttlMs: number): Promise<bigint | null>;
  /** Renews all at once; answers with those still held. */
  renew(engineId: string, held: Array<{ sessionId: string; fence: bigint }>, ttlMs: number): Promise<Set<string>>;
  release(engineId: string, sessionId: string, fence: bigint): Promise<void>;
}
