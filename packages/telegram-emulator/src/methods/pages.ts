import { RpcError } from "../rpc-error.ts";
import type { TlObject } from "../tl/codec.ts";
import type { Message } from "../world/chat.ts";

const MAX_PAGE = 100;

/** Which part of a list of messages is asked for: https://core.telegram.org/api/offsets */
export interface Page {
  readonly offset_id: number;
  readonly offset_date?: number;
  readonly add_offset?: number;
  readonly limit: number;
  readonly max_id: number;
  readonly min_id: number;
}

/** @param oldestFirst messages in the order of their ids @returns newest first */
export function pageOf(oldestFirst: readonly Message[], page: Page): Message[] {
  const newestFirst = oldestFirst.toReversed();
  const { offset_id, offset_date = 0, add_offset = 0, max_id, min_id } = page;
  const at = newestFirst.findIndex(
    ({ id, date }) => (offset_id === 0 || id < offset_id) && (offset_date === 0 || date < offset_date),
  );
  const first = (at < 0 ? newestFirst.length : at) + add_offset;
  return newestFirst
    .slice(Math.max(first, 0), Math.max(first + pageSize(page.limit), 0))
    .filter(({ id }) => (max_id === 0 || id < max_id) && id > min_id);
}

export function pageSize(limit: number): number {
  return Math.min(limit || MAX_PAGE, MAX_PAGE);
}

const FILTERS: Readonly<Record<string, (message: Message) => boolean>> = {
  inputMessagesFilterEmpty: () => true,
  inputMessagesFilterPhotos: ({ media }) => media?.kind === "photo",
  inputMessagesFilterVideo: ({ media }) => media?.kind === "video",
  inputMessagesFilterPhotoVideo: ({ media }) => media?.kind === "photo" || media?.kind === "video",
  inputMessagesFilterDocument: ({ media }) => media?.kind === "document",
  inputMessagesFilterGif: ({ media }) => media?.kind === "gif",
  inputMessagesFilterVoice: ({ media }) => media?.kind === "voice",
  inputMessagesFilterMusic: ({ media }) => media?.kind === "audio",
};

/** https://core.telegram.org/type/MessagesFilter @throws RpcError on a filter that is not emulated */
export function filterOf(filter: TlObject): (message: Message) => boolean {
  const fits = FILTERS[filter._];
  if (!fits) throw new RpcError(400, "INPUT_FILTER_INVALID");
  return fits;
}
