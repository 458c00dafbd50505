"use client";

import type { BotConfigureInput, BotStatusDto } from "@herald/contract";
import { useMutation, useMutationState, useQuery, useQueryClient } from "@tanstack/react-query";
import { useDeferredValue } from "react";
import { useFoldStatus } from "./live";
import { useTRPC } from "./trpc";

/** How the newest of the calls with this key stands, whoever on the page made it; `forget` drops its error. */
function useLatest(mutationKey: readonly unknown[]) {
  const queryClient = useQueryClient();
  const latest = useMutationState({ filters: { mutationKey }, select: ({ state }) => state }).at(-1);
  const forget = () => {
    const cache = queryClient.getMutationCache();
    for (const mutation of cache.findAll({ mutationKey, status: "error" })) cache.remove(mutation);
  };
  return { pending: latest?.status === "pending", error: latest?.status === "error" ? latest.error : null, forget };
}

/** Start and stop, whose answer is on the page before its event comes. */
export function useBotActions() {
  const trpc = useTRPC();
  const fold = useFoldStatus();
  const latestStart = useLatest(trpc.bot.start.mutationKey());
  const latestStop = useLatest(trpc.bot.stop.mutationKey());
  const onSuccess = (status: BotStatusDto) => {
    latestStart.forget();
    latestStop.forget();
    fold(status);
  };
  const start = useMutation(trpc.bot.start.mutationOptions({ onSuccess }));
  const stop = useMutation(trpc.bot.stop.mutationOptions({ onSuccess }));
  return { start: { mutate: start.mutate, ...latestStart }, stop: { mutate: stop.mutate, ...latestStop } };
}

/** Saves settings of the bot; resolves when they are on the page. */
export function useConfigure() {
  const trpc = useTRPC();
  const fold = useFoldStatus();
  const configure = useMutation(trpc.bot.configure.mutationOptions({ onSuccess: fold }));
  return configure.mutateAsync;
}

/** What the settings would come to with `draft` laid over them; null while there are no groups or `draft` does not hold. */
export function useForecast(draft: BotConfigureInput | null) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const settled = useDeferredValue(draft);
  const query = useQuery({
    ...trpc.bot.forecast.queryOptions(settled ?? {}),
    enabled: settled !== null,
    // while the first answer is on its way: what the settings as they are come to, which the page has already
    placeholderData: (previous) =>
      previous ?? queryClient.getQueryData(trpc.sync.state.queryKey())?.forecast ?? undefined,
    staleTime: 0,
  });
  return draft === null ? null : (query.data ?? null);
}
