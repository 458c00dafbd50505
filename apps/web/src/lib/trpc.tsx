"use client";

import type { AppRouter } from "@herald/api";
import { MAX_CALLS_PER_REQUEST } from "@herald/contract";
import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { createTRPCClient, httpBatchLink, httpSubscriptionLink, splitLink } from "@trpc/client";
import { createTRPCContext } from "@trpc/tanstack-react-query";
import { type ReactNode, useState } from "react";
import { errorOf } from "./error";
import { leave } from "./leave";

export const { TRPCProvider, useTRPC, useTRPCClient } = createTRPCContext<AppRouter>();

const ENDPOINT = "/api/trpc";

let leaving = false;

/**
 * A sign-in that has ended leads to the sign-in page, from which the person comes back here. The cookie goes too: the engine
 * may refuse one that still holds here (a disabled user), and the sign-in page would send it back.
 */
function onError(error: unknown) {
  if (leaving || errorOf(error).code !== "unauthenticated") return;
  leaving = true;
  void leave(`/sign-in?${new URLSearchParams({ to: window.location.pathname })}`);
}

function createQueryClient(): QueryClient {
  return new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache({ onError }),
    defaultOptions: {
      queries: {
        staleTime: 10_000,
        retry: (failures, error) => failures < 2 && errorOf(error).code === "internal",
        retryDelay: 500,
      },
    },
  });
}

export function DataProvider({ children }: { children: ReactNode }) {
  const [queryClient] = useState(createQueryClient);
  const [trpcClient] = useState(() =>
    createTRPCClient<AppRouter>({
      links: [
        splitLink({
          condition: (op) => op.type === "subscription",
          true: httpSubscriptionLink({ url: ENDPOINT }),
          false: httpBatchLink({ url: ENDPOINT, maxURLLength: 2000, maxItems: MAX_CALLS_PER_REQUEST }),
        }),
      ],
    }),
  );
  return (
    <QueryClientProvider client={queryClient}>
      <TRPCProvider trpcClient={trpcClient} queryClient={queryClient}>
        {children}
      </TRPCProvider>
    </QueryClientProvider>
  );
}
