/** Spam-type deaths of a bot's sessions that stop it, unless configured otherwise. */
export const BREAKER_SPAM_DEATHS = 2;
/** How far back deaths count, in hours. */
export const BREAKER_WINDOW_HOURS = 24;

/**
 * Whether a bot is to be stopped because its post burns accounts.
 * @param deaths.spamDeaths within the window, and after the last time an admin cleared the breaker
 * @param deaths.limit 1 or more
 */
export function breakerTrips(deaths: { spamDeaths: number; limit: number }): boolean {
  return deaths.spamDeaths >= deaths.limit;
}
