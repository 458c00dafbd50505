import type { UserDto } from "@herald/contract";
import { Mark } from "@/components/ui/mark";

/** The one thing to know of a user first. */
export function UserState({ user }: { user: UserDto }) {
  const [look, word] = user.disabled
    ? (["lost", "Disabled"] as const)
    : user.breakerTrippedAt !== null
      ? (["refused", "Stopped by the breaker"] as const)
      : user.botStatus === "running"
        ? (["sent", "Posting"] as const)
        : (["planned", "Stopped"] as const);
  return (
    <span className="inline-flex items-center gap-2 whitespace-nowrap">
      <Mark look={look} />
      {word}
    </span>
  );
}
