/** A Telegram server on loopback that speaks MTProto 2.0 over TCP. */
export type { Counters, KeyDuplicate } from "./counters.ts";
export type { Emulator, EmulatorOptions } from "./emulator.ts";
export type { FaultAction, FaultRule, Faults, FiredFault } from "./faults.ts";
export type { Delivery, DeliveryFilter, DeliveryRecord, EarlySend, Wait } from "./record.ts";
export { startEmulator } from "./start.ts";
export { readSchemaFile } from "./tl/schemas.ts";
export type { Account, AccountLimit, AccountOptions, AccountStatus, KeyEnd } from "./world/account.ts";
export { deterministicAuthKey } from "./world/auth-key.ts";
export type { Chat, Member, Message, Topic } from "./world/chat.ts";
export type {
  ChannelOptions,
  ChatOptions,
  ChatSettings,
  InviteOptions,
  SupergroupOptions,
  TopicOptions,
} from "./world/chat-options.ts";
export type { FloodModel, FloodRule } from "./world/flood.ts";
export type { Media, MediaKind } from "./world/message.ts";
export { readWorldFile } from "./world/read-file.ts";
export type { BannedRights, DefaultBannedRights } from "./world/rights.ts";
export { World, type WorldOptions } from "./world/world.ts";
