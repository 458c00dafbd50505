import type { Emulator } from "@herald/telegram-emulator";
import { type Scale, type Stage, setStage, spoil } from "../torture/stage.ts";

/** Twenty users in both modes, with several accounts each. */
export const SCALE: Scale = {
  enterpriseUsers: 12,
  enterpriseSessions: 3,
  starterUsers: 8,
  starterSessions: 2,
  chats: 48,
  basicGroups: 6,
  chatsEach: 14,
  spares: 6,
};

/** Chats in which some of the accounts may not write, and one in which nobody may. */
const CHOOSY_CHATS = { from: 2, to: 10 };
const CLOSED_CHAT = 11;
/** In a choosy chat every so many-th account may not write. */
const REFUSED_ACCOUNTS = 4;

/** The Telegram of a round: the torture's, with refusals, a topic of a forum, and an invitation that leads nowhere. */
export function setUpgradeStage(seed: number): Stage {
  const stage = setStage(seed, SCALE);
  const { world, accounts, chats } = stage;
  for (const [n, chat] of chats.slice(CHOOSY_CHATS.from, CHOOSY_CHATS.to).entries())
    for (const account of accounts.filter((_, index) => index % REFUSED_ACCOUNTS === n % REFUSED_ACCOUNTS))
      chat.restrict(account, { sendMessages: true });
  chats[CLOSED_CHAT]?.change({ bannedRights: { sendMessages: true } });
  const forum = world.supergroup({
    username: "forum",
    title: "Forum",
    members: accounts,
    topics: [{ id: 7, title: "Offers" }],
  });
  const nowhere = world.basicGroup({ title: "Nowhere" });
  return {
    ...stage,
    chats: [...chats, forum, nowhere],
    references: new Map(
      [
        ...stage.references,
        [forum, ["@forum/7"]] as const,
        [nowhere, [`+${nowhere.invite({ expired: true })}`]] as const,
      ].map(([chat, names]) => [chat, names.map(asLink)]),
    ),
  };
}

/** Former versions take an invitation as a link only. */
const asLink = (reference: string) => (reference.startsWith("+") ? `https://t.me/${reference}` : reference);

const SENDS = ["messages.forwardMessages", "messages.sendMessage"];

/** Waits that outlast the upgrade, and answers so slow that posts are under way at any moment. */
export function slowDown(emulator: Emulator): void {
  for (const method of SENDS) {
    emulator.faults.add({ method, probability: 0.02, action: { error: "SLOWMODE_WAIT_90", code: 420 } });
    emulator.faults.add({ method, probability: 0.01, action: { error: "FLOOD_WAIT_30", code: 420 } });
    emulator.faults.add({ method, probability: 0.15, action: { answerDelayMs: 1_500 } });
    emulator.faults.add({ method, probability: 0.1, action: { delayMs: 1_500 } });
  }
  spoil(emulator);
}
