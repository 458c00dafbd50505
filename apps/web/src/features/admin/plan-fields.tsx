"use client";

import type { Plan, PlanType } from "@herald/contract";
import { Field, NumberField, Select, TextField, typedNumber } from "@/components/ui/field";
import { planWord } from "@/lib/names";

export interface PlanDraft {
  plan: "" | PlanType;
  maxSessions: string;
  maxGroups: string;
  /** a day as the date field writes it, 2027-01-31; empty for no end */
  expires: string;
}

export const planDraft = (plan: Plan | null): PlanDraft => ({
  plan: plan?.type ?? "",
  maxSessions: String(plan?.maxSessions ?? 2),
  maxGroups: String(plan?.maxGroups ?? 100),
  expires: plan?.expiresAt?.slice(0, 10) ?? "",
});

/** The plan as the contract has it; it ends with the end of its last day, UTC. */
export const readPlan = ({ plan, maxSessions, maxGroups, expires }: PlanDraft): unknown =>
  plan === ""
    ? null
    : {
        type: plan,
        maxSessions: typedNumber(maxSessions),
        maxGroups: typedNumber(maxGroups),
        expiresAt: expires === "" ? null : `${expires}T23:59:59Z`,
      };

/** The form's field that a path of the plan is typed into. */
export const planField = (path: string): string =>
  path === "plan.expiresAt" ? "expires" : path === "plan.type" ? "plan" : path.replace(/^plan\./, "");

interface PlanFieldsProps {
  values: PlanDraft;
  faults: Record<string, string>;
  set<Key extends keyof PlanDraft>(key: Key, value: PlanDraft[Key]): void;
}

/** What a user may do, and until when. */
export function PlanFields({ values, faults, set }: PlanFieldsProps) {
  return (
    <>
      <Field
        label="Plan"
        fault={faults.plan}
        hint={values.plan === "" ? "Without a plan, a user cannot post." : undefined}
      >
        {(control) => (
          <Select
            {...control}
            value={values.plan}
            onChange={(event) => set("plan", event.target.value as PlanDraft["plan"])}
          >
            <option value="">No plan</option>
            {Object.entries(planWord).map(([type, word]) => (
              <option key={type} value={type}>
                {word}
              </option>
            ))}
          </Select>
        )}
      </Field>
      {values.plan !== "" && (
        <div className="grid grid-cols-2 gap-4">
          <NumberField
            label="Most sessions"
            fault={faults.maxSessions}
            value={values.maxSessions}
            onChange={(maxSessions) => set("maxSessions", maxSessions)}
          />
          <NumberField
            label="Most groups"
            fault={faults.maxGroups}
            value={values.maxGroups}
            onChange={(maxGroups) => set("maxGroups", maxGroups)}
          />
          <TextField
            label="Last day"
            type="date"
            className="col-span-2"
            hint="Empty: no end."
            fault={faults.expires}
            value={values.expires}
            onChange={(expires) => set("expires", expires)}
          />
        </div>
      )}
    </>
  );
}
