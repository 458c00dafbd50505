import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTRPC } from "@/lib/trpc";

/** Changes a chat; the answer is the new list. */
export function useChatUpdate() {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  return useMutation(
    trpc.chats.update.mutationOptions({
      onSuccess: (list) => queryClient.setQueryData(trpc.chats.list.queryKey(), list),
    }),
  );
}
