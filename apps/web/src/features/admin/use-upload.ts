"use client";

import { MAX_SESSION_FILE_BYTES, MAX_SESSION_FILES, type SessionUploadResultDto } from "@herald/contract";
import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useState } from "react";
import { errorOf } from "@/lib/error";
import { useTRPC, useTRPCClient } from "@/lib/trpc";

/** Files sent in one request, so that the table fills while the rest is still being checked. */
const FILES_PER_REQUEST = 5;

export interface Upload {
  total: number;
  /** what became of each file so far */
  rows: SessionUploadResultDto[];
  done: boolean;
}

async function base64Of(file: File): Promise<string> {
  const url = await new Promise<string>((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(file);
  });
  return url.slice(url.indexOf(",") + 1);
}

/** Sends session files to the engine a few at a time. A bad file never hinders the others. */
export function useUpload() {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const queryClient = useQueryClient();
  const [upload, setUpload] = useState<Upload | null>(null);

  const start = useCallback(
    async (chosen: File[]) => {
      const add = (rows: SessionUploadResultDto[]) =>
        setUpload((before) => before && { ...before, rows: [...before.rows, ...rows] });
      setUpload({ total: chosen.length, rows: [], done: false });
      const fail = (files: File[], code: "not_tried" | "interrupted", message: string) =>
        add(files.map(({ name }) => ({ status: "failed", name, code, message })));

      const fitting = chosen.slice(0, MAX_SESSION_FILES).filter((file) => file.size <= MAX_SESSION_FILE_BYTES);
      fail(
        chosen.slice(0, MAX_SESSION_FILES).filter((file) => file.size > MAX_SESSION_FILE_BYTES),
        "not_tried",
        "The file is larger than 16 MiB. It was not sent.",
      );
      fail(
        chosen.slice(MAX_SESSION_FILES),
        "not_tried",
        `More than ${MAX_SESSION_FILES} files at once. It was not sent.`,
      );

      for (let at = 0; at < fitting.length; at += FILES_PER_REQUEST) {
        const batch = fitting.slice(at, at + FILES_PER_REQUEST);
        try {
          const files = await Promise.all(
            batch.map(async (file) => ({ name: file.name, content: await base64Of(file) })),
          );
          add(await client.sessions.upload.mutate({ files }));
        } catch (error) {
          fail(batch, "interrupted", errorOf(error).message);
        }
        void queryClient.invalidateQueries({ queryKey: trpc.sessions.pathKey() });
      }
      setUpload((before) => before && { ...before, done: true });
      void queryClient.invalidateQueries({ queryKey: trpc.apiPairs.pathKey() });
    },
    [client, queryClient, trpc],
  );
  return { upload, start, clear: () => setUpload(null) };
}
