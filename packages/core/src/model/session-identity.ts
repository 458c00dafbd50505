import type { Account } from "./outcome.ts";

/** "+380 •• ••• 12 34": country and the last four digits, so that an admin knows the number again and nobody learns it. */
function maskPhone(phone: string): string {
  const digits = phone.replace(/\D/g, "");
  if (digits.length < 8) return "••••";
  return `+${digits.slice(0, 3)} •• ••• ${digits.slice(-4, -2)} ${digits.slice(-2)}`;
}

/** What a session is called: its username, else its first name. */
const sessionLabel = (account: Account): string =>
  account.username === null ? (account.firstName ?? `account ${account.userId}`) : `@${account.username}`;

/** Who a session is, as the pool keeps it. */
export const identityOf = (account: Account) => ({
  label: sessionLabel(account),
  username: account.username,
  phoneMasked: account.phone === null ? null : maskPhone(account.phone),
  telegramUserId: account.userId,
});
