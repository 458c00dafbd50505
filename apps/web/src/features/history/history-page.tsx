"use client";

import { PageHead } from "@/components/ui/card";
import { Chips } from "@/components/ui/chips";
import { useUrlState } from "@/lib/url-state";
import { StateGate } from "../state-gate";
import { Deliveries } from "./deliveries";
import { LogPages } from "./log-pages";

export function HistoryPage() {
  const [view, setView] = useUrlState("view", "posts");
  return (
    <div className="mx-auto max-w-[1280px] space-y-4">
      <PageHead title="History" text="What became of every post of this cycle, and everything Herald wrote down.">
        <Chips
          label="What is listed"
          value={view}
          onChange={setView}
          chips={[
            { value: "posts", label: "Posts" },
            { value: "log", label: "Log" },
          ]}
        />
      </PageHead>
      {view === "log" ? <LogPages /> : <StateGate>{(state) => <Deliveries state={state} />}</StateGate>}
    </div>
  );
}
