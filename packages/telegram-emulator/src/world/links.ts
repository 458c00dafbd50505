/** Domains that are a link without `https://` before them: the commonest of the list that Telegram's servers know. */
const BARE = "com|org|net|io|me|ru|dev|app|info|co|xyz|uk|de|eu|biz|online|site|shop|store|club|pro";

// A domain behind an @ is a mail address, and one that goes on is another domain.
const LINK = new RegExp(`https?://\\S|(?<![@\\w.-])(?:[a-z0-9-]+\\.)+(?:${BARE})(?![\\w@.-]*[\\w@])`, "i");

/** Whether a text has a link of which Telegram would show a preview: https://core.telegram.org/api/entities */
export function hasLink(text: string): boolean {
  return LINK.test(text);
}
