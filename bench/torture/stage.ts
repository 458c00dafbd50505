import { type Account, type Chat, type Emulator, type FaultRule, World } from "@herald/telegram-emulator";
import type { Random } from "./random.ts";

/** How much is played. */
export interface Scale {
  enterpriseUsers: number;
  starterUsers: number;
  /** accounts of each STARTER bot; more than one makes its cycle last most of a minute */
  starterSessions: number;
  chats: number;
  /** how many of them are basic groups, which become supergroups in the run */
  basicGroups: number;
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
  basicGroups: 6,
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
  basicGroups: 2,
  chatsEach: 6,
  spares: 1,
};

export interface Stage {
  world: World;
  accounts: Account[];
  chats: Chat[];
  /** those that nobody may post to, in every bot's list: a supergroup, and a basic group */
  optedOut: Chat[];
  /** how people may name each of them */
  references: ReadonlyMap<Chat, readonly string[]>;
}

const SOURCE = "announcements";
export const POST_LINK = `https://t.me/${SOURCE}/1`;

/** Seconds that members of the slow chats wait between two of their messages. */
const SLOW_MODE_SECONDS = 3;

/** The Telegram of the run: accounts that are members of every chat, two of which are slow. Basic groups come last. */
export function setStage(seed: number, scale: Scale): Stage {
  const world = new World({ seed });
  const count =
    scale.enterpriseUsers * scale.enterpriseSessions + scale.starterUsers * scale.starterSessions + scale.spares;
  const accounts = Array.from({ length: count }, (_, n) =>
    world.account({ phone: `99966${10_000 + n}`, firstName: `Account ${n}`, username: `account_${n}` }),
  );
  world.channel({ username: SOURCE, title: "Announcements", members: accounts, posts: ["hello"] });
  const basicGroup = (title: string) => world.basicGroup({ title, members: accounts });
  const supergroups = Array.from({ length: scale.chats - scale.basicGroups }, (_, n) =>
    world.supergroup({
      username: `chat_${n}`,
      title: `Chat ${n}`,
      members: accounts,
      ...(n < 2 && { slowMode: SLOW_MODE_SECONDS }),
    }),
  );
  const chats = [
    ...supergroups,
    ...Array.from({ length: scale.basicGroups }, (_, n) => basicGroup(`Basic group ${n}`)),
  ];
  const optedOut = [
    world.supergroup({ username: "opted_out", title: "Opted out", members: accounts }),
    basicGroup("Opted out as a basic group"),
  ];
  const references = new Map(
    [...chats, ...optedOut].map((chat) => [
      chat,
      chat.username === undefined ? [String(chat.markedId), `+${chat.invite()}`] : [`@${chat.username}`],
    ]),
  );
  return { world, accounts, chats, optedOut, references };
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

/** References of the target chats of one bot: its own choice, overlapping with the others', and those that opted out. */
export function chooseChats({ chats, optedOut, references }: Stage, random: Random, count: number): string[] {
  const chosen = [...optedOut, ...random.sample(chats, count)];
  return random.sample(chosen, chosen.length).map((chat) => random.pick(references.get(chat) ?? []));
}
