export interface ChatRepository {
  /** Changes a chat, or makes its row when there is none. Claims see it from the commit on. */
  update(id: string, change: { cooldownSeconds?: number | null; optedOut?: boolean }): Promise<void>;
}
