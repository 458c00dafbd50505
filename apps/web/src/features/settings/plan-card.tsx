import type { Plan } from "@herald/contract";
import { Card } from "@/components/ui/card";
import { Facts } from "@/components/ui/facts";
import { formatDay, formatNumber } from "@/lib/format";
import { planWord } from "@/lib/names";

export function PlanCard({ plan, groups }: { plan: Plan | null; groups: number }) {
  return (
    <Card className="p-5" aria-label="Plan">
      <h2 className="mb-3 font-strong text-lg">Plan</h2>
      {plan === null ? (
        <p className="text-muted">You have no plan yet. Your admin sets it; until then nothing can be posted.</p>
      ) : (
        <Facts
          facts={[
            ["Plan", planWord[plan.type]],
            ["Accounts", `up to ${formatNumber(plan.maxSessions)}`],
            ["Groups", `${formatNumber(groups)} of ${formatNumber(plan.maxGroups)}`],
            ["Ends", plan.expiresAt === null ? "never" : formatDay(plan.expiresAt)],
          ]}
        />
      )}
    </Card>
  );
}
