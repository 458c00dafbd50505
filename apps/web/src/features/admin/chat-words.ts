import type { ChatDto } from "@herald/contract";
import { formatDuration } from "@/lib/format";

/** Whether no account has been there yet, so that only its id is known: it is titled by its id then. */
export const isUnseen = (chat: ChatDto): boolean => chat.title === chat.id;

export const chatName = (chat: ChatDto): string => (isUnseen(chat) ? "Not seen yet" : chat.title);

/** A cool-down of so many seconds: `none`, `1 min`. */
export const cooldownWord = (seconds: number): string => (seconds === 0 ? "none" : formatDuration(seconds));
