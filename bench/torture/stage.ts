import { type Account, type Chat, type Emulator, type FaultRule, World } from "@herald/telegram-emulator";
import type { Random } from "./random.ts";

/** How much is played. */
export interface Scale {
  enterpriseUsers: number;
  starterUsers: number;
  /** accounts of each STARTER bot; more than one makes its cycle last most of a minute */
  starterSessions: number;
  chats: number;
  /** target chats of each bot */
  chatsEach: number;
  /** accounts of each ENTERPRISE bot */
  enterpriseSessions: number;
  /** accounts in the pool beyond those that the bots want: so many may be banned */
  spares: number;
}

/** What the tool plays: six users in both modes over overlapping chats. */
export const FULL_SCALE: Scale = {
  enterpriseUsers: 4,
  enterpriseSessions: 3,
  starterUsers: 2,
  starterSessions: 2,
  chats: 24,
  chatsEach: 10,
  spares: 8,
};

/** What the tests play: cycles that end within seconds. */
export const BRIEF_SCALE: Scale = {
  enterpriseUsers: 2,
  enterpriseSessions: 2,
  starterUsers: 1,
  starterSessions: 1,
  chats: 8,
  chatsEach: 6,
  spares: 1,
};

export interface Stage {
  world: World;
  accounts: Account[];
  chats: Chat[];
  /** the one that nobody may post to, in every bot's list */
  optedOut: Chat;
}

const SOURCE = "announcements";
export const POST_LINK = `https://t.me/${SOURCE}/1`;

/** Seconds that members of the slow chats wait between two of their messages. */
const SLOW_MODE_SECONDS = 3;

/** The Telegram of the run: accounts that are members of every chat, two of which are slow. */
export function setStage(seed: number, scale: Scale): Stage {
  const world = new World({ seed });
  const count =
    scale.enterpriseUsers * scale.enterpriseSessions + scale.starterUsers * scale.starterSessions + scale.spares;
  const accounts = Array.from({ length: count }, (_, n) =>
    world.account({ phone: `99966${10_000 + n}`, firstName: `Account ${n}`, username: `account_${n}` }),
  );
  world.channel({ username: SOURCE, title: "Announcements", members: accounts, posts: ["hello"] });
  const chats = Array.from({ length: scale.chats }, (_, n) =>
    world.supergroup({
      username: `chat_${n}`,
      title: `Chat ${n}`,
      members: accounts,
      ...(n < 2 && { slowMode: SLOW_MODE_SECONDS }),
    }),
  );
  const optedOut = world.supergroup({ username: "opted_out", title: "Opted out", members: accounts });
  return { world, accounts, chats, optedOut };
}

const SENDS = ["messages.forwardMessages", "messages.sendMessage"];

/** What goes wrong with so many of a hundred sends. */
const SEND_FAULTS: Array<[percent: number, FaultRule["action"]]> = [
  [0.7, { error: "FLOOD_WAIT_1", code: 420 }],
  [0.5, { error: "FLOOD_WAIT_3", code: 420 }],
  [1, { error: "SLOWMODE_WAIT_2", code: 420 }],
  [0.7, { error: "RPC_CALL_FAIL", code: 500 }],
  [1.5, { drop: "before" }],
  [2, { drop: "after" }],
  [0.3, { silence: "before" }],
  [0.5, { silence: "after" }],
  [1.5, { delayMs: 400 }],
  [1, { delayMs: 2_500 }],
  [1.5, { answerDelayMs: 1_500 }],
  [0.5, { halfPacket: true }],
  [0.5, { wrongMsgKey: true }],
  [0.5, { changeSalt: true }],
  [0.5, { duplicate: true }],
];

/** Lets Telegram misbehave, by the emulator's seed. */
export function spoil({ faults }: Emulator): void {
  for (const [percent, action] of SEND_FAULTS)
    for (const method of SENDS) faults.add({ method, probability: percent / 100, action });
  faults.add({
    method: "contacts.resolveUsername",
    probability: 0.02,
    action: { error: "FLOOD_WAIT_2", code: 420 },
  });
  faults.add({ method: "*", probability: 0.002, action: { drop: "before" } });
}

/** References of the target chats of one bot: its own choice, overlapping with the others', and the one that opted out. */
export const chooseChats = ({ chats }: Stage, random: Random, count: number): string[] =>
  random.sample(["@opted_out", ...random.sample(chats, count).map((chat) => `@${chat.username}`)], count + 1);
