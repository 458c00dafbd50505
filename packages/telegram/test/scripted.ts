// Telegram as a script, for what can be tried without a connection.
import bigInt from "big-integer";
import { Api } from "telegram/tl/index.js";
import type { Reply } from "../src/gram/account-link.ts";

export const result = <T>(value: T) => ({ kind: "result", value }) as const;
export const refusedWith = (code: string) => ({ kind: "unknown", code }) as const;

/**
 * Answers each method ("messages.GetDialogs") with what `answers` has for it, one after the other; a method that it has nothing (more)
 * for is not answered. `asked` are the requests of one method, or of all.
 */
export function scripted(answers: Record<string, Array<Reply<unknown>>>) {
  const left = new Map(Object.entries(answers).map(([method, list]) => [method, [...list]]));
  const requests: Api.AnyRequest[] = [];
  const reply = async (request: Api.AnyRequest): Promise<Reply<never>> => {
    requests.push(request);
    const answer = left.get(request.className)?.shift() ?? refusedWith("NO_ANSWER");
    return answer.kind === "result" ? result(answer.value as never) : answer;
  };
  const asked = (method?: string) => requests.filter(({ className }) => method === undefined || className === method);
  return { reply, asked };
}

const photo = new Api.ChatPhotoEmpty();

/** The channel 7, or another one. */
export const channel = (id = 7, more: Partial<Omit<Api.Channel, "id">> = {}) =>
  new Api.Channel({ id: bigInt(id), accessHash: bigInt(id * 10), title: `Channel ${id}`, photo, date: 0, ...more });

export const basicGroup = (id = 5, more: Partial<Omit<Api.Chat, "id">> = {}) =>
  new Api.Chat({ id: bigInt(id), title: `Group ${id}`, photo, participantsCount: 2, date: 0, version: 1, ...more });

export const inChannel = (id: number) => new Api.PeerChannel({ channelId: bigInt(id) });
export const inChat = (id: number) => new Api.PeerChat({ chatId: bigInt(id) });
export const withUser = (id: number) => new Api.PeerUser({ userId: bigInt(id) });

export const markedOf = (id: number) => String(-1_000_000_000_000 - id);
