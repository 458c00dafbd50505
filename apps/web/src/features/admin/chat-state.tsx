import type { ChatDto } from "@herald/contract";
import { MarkWord } from "@/components/ui/mark";

/** Whether posts go there, in the shapes of the posts themselves. */
export function ChatState({ chat }: { chat: ChatDto }) {
  return chat.optedOut ? (
    <MarkWord look="skipped" word="Opted out" />
  ) : (
    <MarkWord look="planned" word="Posts allowed" />
  );
}
