"use client";

import type { BotEvent, BotStatusDto, SyncStateDto } from "@herald/contract";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useRef, useState } from "react";
import { errorOf } from "./error";
import { foldEvent, foldStatus, needsRefetch, outgrows } from "./fold-event";
import { useTRPC, useTRPCClient } from "./trpc";

/** Events of a burst are folded together, so that the page is drawn at most ten times a second. */
const FOLD_EVERY_MS = 100;
/** How long to wait before a stream that ended is opened again. */
const RECONNECT_MS = 2_000;
/** Events remembered for laying them over an answer of `sync.state` that is older than they are. */
const MAX_REMEMBERED = 500;

interface Tracked {
  id: string;
  event: BotEvent;
}

/** `since` is the browser's clock in milliseconds from which on nothing was heard; `connecting` is the first time. */
export type Connection = { status: "live" } | { status: "connecting" | "away"; since: number };

const ConnectionContext = createContext<Connection>({ status: "connecting", since: 0 });
const ClockContext = createContext(0);

const apply = (state: SyncStateDto, { id, event }: Tracked): SyncStateDto => ({
  ...foldEvent(state, event),
  eventId: BigInt(id) > BigInt(state.eventId) ? id : state.eventId,
});

function useSyncOptions(remembered: { current: Tracked[] }, onNow: (serverNow: string) => void) {
  const trpc = useTRPC();
  const client = useTRPCClient();
  return {
    queryKey: trpc.sync.state.queryKey(),
    queryFn: async () => {
      const state = await client.sync.state.query();
      onNow(state.now);
      // what was heard while the answer was under way is newer than the answer
      return remembered.current.filter(({ id }) => BigInt(id) > BigInt(state.eventId)).reduce(apply, state);
    },
    staleTime: Number.POSITIVE_INFINITY,
    refetchInterval: (query: { state: { status: string } }) => (query.state.status === "error" ? 3_000 : false),
  } as const;
}

/** Keeps `sync.state` in the query cache true to the engine's event stream. */
export function LiveProvider({ children }: { children: ReactNode }) {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const queryClient = useQueryClient();
  const remembered = useRef<Tracked[]>([]);
  const [offset, setOffset] = useState(0);
  const [connection, setConnection] = useState<Connection>(() => ({ status: "connecting", since: Date.now() }));
  const onNow = useCallback((serverNow: string) => setOffset(Date.parse(serverNow) - Date.now()), []);
  const options = useSyncOptions(remembered, onNow);
  const { isSuccess } = useQuery(options);
  const key = useMemo(() => trpc.sync.state.queryKey(), [trpc]);

  useEffect(() => {
    if (!isSuccess) return;
    let arrived: Tracked[] = [];
    let flushTimer: ReturnType<typeof setTimeout> | undefined;
    let reconnectTimer: ReturnType<typeof setTimeout> | undefined;
    let subscription: { unsubscribe(): void } | undefined;
    let wasAway = false;

    const away = () => {
      wasAway = true;
      setConnection((now) => (now.status === "live" ? { status: "away", since: Date.now() } : now));
    };
    const refetchState = () => queryClient.invalidateQueries({ queryKey: key });
    const refetchPool = () => {
      for (const path of [trpc.sessions, trpc.apiPairs, trpc.users, trpc.chats, trpc.overview])
        void queryClient.invalidateQueries({ queryKey: path.pathKey() });
    };
    const flush = () => {
      flushTimer = undefined;
      const batch = arrived;
      arrived = [];
      const state = queryClient.getQueryData(key);
      if (state === undefined) return;
      remembered.current = [...remembered.current, ...batch].slice(-MAX_REMEMBERED);
      queryClient.setQueryData(key, batch.reduce(apply, state));
      if (batch.some(({ event }) => needsRefetch(state, event))) void refetchState();
      if (batch.some(({ event }) => event.type === "pool")) refetchPool();
    };
    const connect = () => {
      const lastEventId = queryClient.getQueryData(key)?.eventId ?? null;
      subscription = client.sync.events.subscribe(
        { lastEventId },
        {
          onData({ id, data }) {
            arrived.push({ id, event: data });
            flushTimer ??= setTimeout(flush, FOLD_EVERY_MS);
          },
          onConnectionStateChange({ state }) {
            if (state === "connecting" && subscription !== undefined) away();
            if (state !== "pending") return;
            setConnection({ status: "live" });
            if (wasAway) void refetchState();
            wasAway = false;
          },
          onError(error) {
            away();
            // the refusal of the state leads to the sign-in
            if (errorOf(error).code === "unauthenticated") void refetchState();
            reconnectTimer = setTimeout(connect, RECONNECT_MS);
          },
        },
      );
    };
    connect();
    return () => {
      subscription?.unsubscribe();
      clearTimeout(flushTimer);
      clearTimeout(reconnectTimer);
    };
  }, [isSuccess, client, queryClient, key, trpc]);

  return (
    <ConnectionContext value={connection}>
      <ClockContext value={offset}>{children}</ClockContext>
    </ConnectionContext>
  );
}

/** The user's whole state, kept live. */
export function useSync() {
  const trpc = useTRPC();
  return useQuery({ ...trpc.sync.state.queryOptions(), staleTime: Number.POSITIVE_INFINITY });
}

/** Fetches the state again, after a call whose answer does not tell it. */
export function useRefetchState() {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  return useCallback(
    () => void queryClient.invalidateQueries({ queryKey: trpc.sync.state.queryKey() }),
    [trpc, queryClient],
  );
}

/** Lays a status that the engine answered with over the cached state at once, before its event arrives. */
export function useFoldStatus() {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const refetchState = useRefetchState();
  return useCallback(
    (status: BotStatusDto) => {
      const queryKey = trpc.sync.state.queryKey();
      const state = queryClient.getQueryData(queryKey);
      if (state === undefined) return;
      queryClient.setQueryData(queryKey, foldStatus(state, status));
      if (outgrows(state, status)) refetchState();
    },
    [trpc, queryClient, refetchState],
  );
}

export const useConnection = () => useContext(ConnectionContext);

/** The server's clock in milliseconds, ticking every `everyMs`. */
export function useNow(everyMs: number): number {
  const offset = useContext(ClockContext);
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now + offset;
}
