import type { UserDto } from "@herald/contract";
import { MarkWord } from "@/components/ui/mark";

/** The one thing to know of a user first. */
export function UserState({ user }: { user: UserDto }) {
  const [look, word] = user.disabled
    ? (["lost", "Disabled"] as const)
    : user.breakerTrippedAt !== null
      ? (["refused", "Stopped by the breaker"] as const)
      : user.botStatus === "running"
        ? (["sent", "Posting"] as const)
        : (["planned", "Stopped"] as const);
  return <MarkWord look={look} word={word} />;
}
