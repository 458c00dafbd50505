"use client";

import type { SessionUploadResultDto } from "@herald/contract";
import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useState } from "react";
import { useTRPC } from "@/lib/trpc";
import { sendSessionFile } from "./send-session-file";

/** Files on their way at the same time: as many as the engine tries with Telegram. */
const FILES_AT_ONCE = 5;

export interface Upload {
  total: number;
  /** what became of each file so far */
  rows: SessionUploadResultDto[];
  done: boolean;
}

/** Sends session files to the engine, each for itself, so that the table fills while the rest is still being checked. */
export function useUpload() {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [upload, setUpload] = useState<Upload | null>(null);

  const start = useCallback(
    async (chosen: File[]) => {
      setUpload({ total: chosen.length, rows: [], done: false });
      const queue = chosen.entries();
      const sendSome = async () => {
        for (const [index, file] of queue) {
          const row = await sendSessionFile(file);
          setUpload((before) => before && { ...before, rows: [...before.rows, row] });
          if (index % FILES_AT_ONCE === 0) void queryClient.invalidateQueries({ queryKey: trpc.sessions.pathKey() });
        }
      };
      await Promise.all(Array.from({ length: FILES_AT_ONCE }, sendSome));
      setUpload((before) => before && { ...before, done: true });
      for (const queryKey of [trpc.sessions.pathKey(), trpc.apiPairs.pathKey()])
        void queryClient.invalidateQueries({ queryKey });
    },
    [queryClient, trpc],
  );
  return { upload, start, clear: () => setUpload(null) };
}
