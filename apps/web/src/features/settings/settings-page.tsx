"use client";

import { PageHead } from "@/components/ui/card";
import { StateGate } from "../state-gate";
import { ApiKeyCard } from "./api-key-card";
import { PasswordCard } from "./password-card";
import { PlanCard } from "./plan-card";
import { PostingCard } from "./posting-card";
import { SignInsCard } from "./sign-ins-card";
import { TimeZoneCard } from "./time-zone-card";
import { TwoStepCard } from "./two-step-card";

export function SettingsPage() {
  return (
    <div className="mx-auto max-w-[880px] space-y-4">
      <PageHead title="Settings" />
      <StateGate>
        {({ bot, viewer }) => (
          <>
            <PostingCard config={bot.config} running={bot.status === "running"} plan={viewer.plan} />
            <PlanCard plan={viewer.plan} groups={bot.groupCount} />
            <TimeZoneCard timeZone={viewer.timeZone} />
            <PasswordCard email={viewer.email} />
            <TwoStepCard />
            <SignInsCard hasApiKey={viewer.apiKeyHint !== null} />
            <ApiKeyCard hint={viewer.apiKeyHint} />
          </>
        )}
      </StateGate>
    </div>
  );
}
