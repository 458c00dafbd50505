/** What a marked id names: a basic group ("chat"), or a supergroup or channel ("channel"). The words are those of Telegram's peers. */
export type MarkedIdType = "chat" | "channel";

/** A supergroup or channel is marked by this number, added to its id before the minus sign is set. */
const CHANNEL_MARK = 1_000_000_000_000n;
/** The highest ids there can be. Those of channels count what belongs to a channel's direct messages. */
const MOST = { chat: 999_999_999_999n, channel: 3_000_000_000_000n };

/**
 * The one number by which bots and libraries name a chat: −id for a basic group, −(10¹² + id) for a supergroup or channel. That is
 * "-100" before the digits only where the id has ten of them. https://core.telegram.org/api/bots/ids
 *
 * @param id decimal digits, as Telegram gives them
 */
export function markedId(type: MarkedIdType, id: string): string {
  return String(type === "channel" ? -(CHANNEL_MARK + BigInt(id)) : -BigInt(id));
}

/** What {@link markedId} was made of; undefined for what is no marked id of a group, supergroup or channel. Never throws. */
export function parseMarkedId(marked: string): { type: MarkedIdType; id: string } | undefined {
  if (!/^-[1-9]\d{0,15}$/.test(marked)) return undefined;
  const distance = -BigInt(marked);
  const type = distance > MOST.chat ? "channel" : "chat";
  const id = type === "channel" ? distance - CHANNEL_MARK : distance;
  return id >= 1n && id <= MOST[type] ? { type, id: String(id) } : undefined;
}

/**
 * The supergroup or channel that may be meant where a basic group is named: some clients show the id of a supergroup without its
 * mark, so `-1234567890` is written for `-1001234567890`. Undefined where the id says already that it is a supergroup or channel.
 */
export function unmarkedTwin(marked: string): string | undefined {
  const parsed = parseMarkedId(marked);
  return parsed?.type === "chat" ? markedId("channel", parsed.id) : undefined;
}
