"use client";

import type { ChatDto, ChatListDto } from "@herald/contract";
import { useQuery } from "@tanstack/react-query";
import { MessagesSquare, Plus } from "lucide-react";
import { Button } from "@/components/ui/button";
import { Card, PageHead } from "@/components/ui/card";
import type { Column } from "@/components/ui/data-table";
import { FilteredTable, type Filters, useFilter } from "@/components/ui/filtered-table";
import { NameCell } from "@/components/ui/name";
import { Empty } from "@/components/ui/notice";
import { Dialog } from "@/components/ui/overlay";
import { formatNumber, formatWhen } from "@/lib/format";
import { useNow } from "@/lib/live";
import { useTRPC } from "@/lib/trpc";
import { useUrlState } from "@/lib/url-state";
import { QueryGate } from "../state-gate";
import { ChatDrawer } from "./chat-drawer";
import { ChatState } from "./chat-state";
import { chatName, cooldownWord, isUnseen } from "./chat-words";
import { OptOutForm } from "./opt-out-form";

/** New chats and last posts come with the posting of users, of which an admin hears no event. */
const REFRESH_MS = 10_000;

const columns = (now: number, defaultCooldownSeconds: number): Array<Column<ChatDto>> => [
  {
    key: "chat",
    title: "Chat",
    sort: (chat) => chatName(chat).toLowerCase(),
    grow: true,
    cell: (chat) => (
      <NameCell name={chatName(chat)} muted={isUnseen(chat)} note={<span className="font-mono">{chat.id}</span>} />
    ),
  },
  {
    key: "state",
    title: "State",
    sort: (chat) => Number(chat.optedOut),
    cell: (chat) => <ChatState chat={chat} />,
  },
  {
    key: "cooldown",
    title: "Cool-down",
    wide: true,
    sort: (chat) => chat.cooldownSeconds ?? defaultCooldownSeconds,
    cell: (chat) =>
      chat.cooldownSeconds === null ? (
        <span className="tabular text-muted">default, {cooldownWord(defaultCooldownSeconds)}</span>
      ) : (
        <span className="tabular">{cooldownWord(chat.cooldownSeconds)}</span>
      ),
  },
  {
    key: "users",
    title: "Users",
    right: true,
    wide: true,
    sort: (chat) => chat.users,
    cell: (chat) => formatNumber(chat.users),
  },
  {
    key: "last",
    title: "Last post",
    right: true,
    wide: true,
    sort: (chat) => chat.lastSentAt ?? "",
    cell: (chat) => (
      <span className="text-muted">{chat.lastSentAt === null ? "never" : formatWhen(chat.lastSentAt, now)}</span>
    ),
  },
];

const filters: Filters<ChatDto> = {
  out: { label: "Opted out", fits: (chat) => chat.optedOut },
  own: { label: "Own cool-down", fits: (chat) => chat.cooldownSeconds !== null },
};

export function ChatsPage() {
  const trpc = useTRPC();
  const query = useQuery({ ...trpc.chats.list.queryOptions(), refetchInterval: REFRESH_MS });
  const [adding, setAdding] = useUrlState("add");
  const { show } = useFilter();
  const add = (
    <Button look="primary" onClick={() => setAdding("1")}>
      <Plus aria-hidden />
      Add to opt-out list
    </Button>
  );
  return (
    <div className="space-y-4">
      <PageHead title="Chats" text="Where users post, how often anyone may, and who does not want it.">
        {query.data !== undefined && query.data.chats.length > 0 && add}
      </PageHead>
      <QueryGate query={query}>
        {(list) =>
          list.chats.length === 0 ? (
            <Card>
              <Empty
                icon={<MessagesSquare />}
                title="No chats yet"
                text="A chat stands here once an account has found it for a user. Here you set how long all users together wait between two posts to it, and keep every post away from a chat whose owner asks for that."
              >
                {add}
              </Empty>
            </Card>
          ) : (
            <Chats list={list} />
          )
        }
      </QueryGate>
      <Dialog
        title="Add to the opt-out list"
        text="For an owner who does not want posts, before anybody has posted there. No user's account ever will."
        open={adding !== ""}
        onClose={() => setAdding("")}
      >
        <OptOutForm
          onDone={() => {
            setAdding("");
            // so that what was added is seen
            show("out");
          }}
          onCancel={() => setAdding("")}
        />
      </Dialog>
    </div>
  );
}

function Chats({ list: { chats, defaultCooldownSeconds } }: { list: ChatListDto }) {
  const [openId, setOpenId] = useUrlState("chat");
  const now = useNow(60_000);
  return (
    <>
      <FilteredTable
        label="Chats"
        rows={chats}
        filters={filters}
        textOf={(chat) => `${chatName(chat)} ${chat.id}`}
        columns={columns(now, defaultCooldownSeconds)}
        idOf={(chat) => chat.id}
        nameOf={chatName}
        onOpen={(chat) => setOpenId(chat.id)}
      />
      <ChatDrawer
        chat={chats.find(({ id }) => id === openId)}
        defaultCooldownSeconds={defaultCooldownSeconds}
        onClose={() => setOpenId("")}
      />
    </>
  );
}
