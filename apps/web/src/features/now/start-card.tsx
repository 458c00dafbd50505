"use client";

import type {
  BotConfigDto,
  BotConfigureInput,
  BotStartInput,
  BotStatusDto,
  HindranceDto,
  PlanType,
} from "@herald/contract";
import { ArrowRight, Play, TriangleAlert } from "lucide-react";
import Link from "next/link";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { ErrorNote } from "@/components/ui/notice";
import { errorOf } from "@/lib/error";
import { formatWhen, plural } from "@/lib/format";
import { useNow } from "@/lib/live";
import { useBotActions } from "@/lib/use-bot";
import { type ModeDraft, ModeFields, readMode } from "../mode-fields";

const mendOf: Record<HindranceDto["mend"], { href: string; label: string } | null> = {
  post: { href: "/post", label: "Choose the post" },
  groups: { href: "/groups", label: "Go to the groups" },
  settings: { href: "/settings", label: "Change the settings" },
  admin: null,
};

/** What the draft on this very page mends need not be said beside it. */
const mendedByDraft = (hindrance: HindranceDto) => hindrance.code === "infeasible_cycle";

/** A mode is asked for only when the user chose another than the bot's. */
const toStart = ({ executionMode, totalCycleMinutes }: BotConfigureInput, config: BotConfigDto): BotStartInput => ({
  ...(executionMode === config.executionMode ? {} : { executionMode }),
  ...(totalCycleMinutes === undefined ? {} : { totalCycleMinutes }),
});

function headline(bot: BotStatusDto, now: number): string {
  if (bot.stopReason === "never_started") return "Ready for the first start";
  if (bot.stoppedAt === null) return "Stopped";
  return `Stopped since ${formatWhen(bot.stoppedAt, now)}`;
}

function Hindrance({ hindrance }: { hindrance: HindranceDto }) {
  const mend = mendOf[hindrance.mend];
  return (
    <li className="flex items-start gap-3 py-1">
      <TriangleAlert className="mt-1 size-4 shrink-0 text-wait max-sm:mt-3" aria-hidden />
      <div className="flex min-w-0 grow flex-wrap justify-between gap-x-4">
        <span className="text-pretty py-0.5 max-sm:py-2.5">{hindrance.message}</span>
        {mend !== null && (
          <Link
            href={mend.href}
            className="inline-flex items-center gap-1 rounded-control py-0.5 text-accent hover:underline max-sm:py-2.5"
          >
            {mend.label} <ArrowRight className="size-4" aria-hidden />
          </Link>
        )}
      </div>
    </li>
  );
}

/** The bot at rest: why, what is open, how to post, what hinders, and the button. */
export function StartCard(props: {
  bot: BotStatusDto;
  planType: PlanType | undefined;
  draft: ModeDraft;
  onDraft(draft: ModeDraft): void;
}) {
  const { bot, planType, draft, onDraft } = props;
  const { start } = useBotActions();
  const now = useNow(60_000);
  const input = readMode(draft, planType);
  const error = start.error === null ? null : errorOf(start.error);
  const open = bot.cycle?.state === "open" ? bot.cycle.counts.planned + bot.cycle.counts.sending : 0;
  const resume = open > 0 && bot.stopReason === "engine_restart";
  const hindrances = bot.hindrances.filter((hindrance) => !mendedByDraft(hindrance));
  const atMinutes = error?.field === "totalCycleMinutes";
  return (
    <Card className="flex flex-col p-5" aria-label="Stopped">
      <h2 className="flex items-center gap-2 text-muted text-sm">
        <span className="size-2 rounded-[2px] bg-muted" aria-hidden />
        {headline(bot, now)}
      </h2>
      {(bot.stopMessage !== null || open > 0) && (
        <p className="mt-1 text-pretty text-lg">
          {bot.stopMessage}{" "}
          {open > 0 &&
            `${plural(open, "post")} of this cycle ${open === 1 ? "is" : "are"} open; a start goes on with them.`}
        </p>
      )}
      <div className="mt-4">
        <ModeFields
          draft={draft}
          planType={planType}
          onChange={(next) => {
            start.forget();
            onDraft(next);
          }}
          fault={input === null ? "Give whole minutes, from 1 to 10,080." : atMinutes ? error.message : undefined}
        />
      </div>
      {hindrances.length > 0 && (
        <ul aria-label="Before you can start" className="mt-4 border-line border-t pt-2.5">
          {hindrances.map((hindrance) => (
            <Hindrance key={hindrance.code} hindrance={hindrance} />
          ))}
        </ul>
      )}
      {error !== null && !atMinutes && <ErrorNote error={error} className="mt-4" />}
      <div className="mt-auto pt-5">
        <Button
          look="primary"
          size="md"
          className="max-sm:w-full"
          busy={start.pending}
          disabled={input === null}
          onClick={() => input !== null && start.mutate(toStart(input, bot.config))}
        >
          {!start.pending && <Play aria-hidden />}
          {resume ? "Resume posting" : "Start posting"}
        </Button>
      </div>
    </Card>
  );
}
