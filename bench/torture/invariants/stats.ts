import type { Books } from "../books.ts";
import type { Violation } from "./violation.ts";

/** The dashboard's counters against the rows that they count. A group takes its own with it when it is removed. */
export function wrongStats({ stats, deliveries }: Books): Violation[] {
  return stats.flatMap(({ userId, totalSuccess, totalFailures, groupsSent, groupsFailed }) => {
    const own = deliveries.filter((delivery) => delivery.userId === userId);
    const sent = own.filter((delivery) => delivery.state === "sent");
    const failed = own.filter((delivery) => delivery.state === "failed");
    const ofGroups = [sent, failed].map((ones) => ones.filter((delivery) => delivery.groupIsThere).length);
    if (totalSuccess === sent.length && totalFailures === failed.length)
      if (groupsSent === ofGroups[0] && groupsFailed === ofGroups[1]) return [];
    const text = `user ${userId} has ${sent.length} sent and ${failed.length} failed deliveries, of them ${ofGroups.join(" and ")} of groups that are there, but the statistics say ${totalSuccess} and ${totalFailures}, and the groups' ${groupsSent} and ${groupsFailed}`;
    return [{ kind: "stats", text, from: 0, until: 0, randomIds: [], accountIds: [], chatIds: [] } satisfies Violation];
  });
}
