import type { ForecastDto } from "@herald/contract";
import { formatDuration, formatNumber, plural } from "./format";

/** Seconds between two posts that one group sees, when every cycle goes as planned. */
export const secondsApart = ({ repeatsEvery, postsPerGroup }: ForecastDto): number =>
  repeatsEvery / Math.max(1, postsPerGroup);

/** What a forecast means for a group, in a sentence: «Each group gets 2 posts an hour, 30 min apart.» */
export function forecastSentence(forecast: ForecastDto): string {
  const apart = secondsApart(forecast);
  const perHour = 3600 / apart;
  const apartText = formatDuration(apart);
  if (Number.isInteger(perHour) && perHour > 1)
    return `Each group gets ${formatNumber(perHour)} posts an hour, ${apartText} apart.`;
  return perHour === 1 ? "Each group gets a post every hour." : `Each group gets a post every ${apartText}.`;
}

/** How long a cycle takes and what follows it. */
export function cycleSentence(forecast: ForecastDto): string {
  const posts = plural(forecast.posts, "post");
  const accounts = plural(forecast.sessions, "account");
  return `A cycle is ${posts} by ${accounts} in ${formatDuration(forecast.length)}, and begins anew every ${formatDuration(forecast.repeatsEvery)}.`;
}
