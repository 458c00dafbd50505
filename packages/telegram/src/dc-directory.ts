import { Api } from "telegram/tl/index.js";
import type { DcAddress } from "./dc.ts";
import type { AccountLink } from "./gram/account-link.ts";

/** The addresses of Telegram's data centres as Telegram told them last, to whichever account connected. Kept in memory. */
export class DcDirectory {
  #addresses: readonly DcAddress[] = [];
  #goodUntil = 0;
  #asking = false;

  get addresses(): readonly DcAddress[] {
    return this.#addresses;
  }

  /** Asks over this link, when what is known is no longer good; nothing is lost when no answer comes. */
  async learn(link: Pick<AccountLink, "invoke">, ms: number): Promise<void> {
    if (this.#asking || Date.now() < this.#goodUntil) return;
    this.#asking = true;
    const reply = await link.invoke(new Api.help.GetConfig(), ms);
    this.#asking = false;
    if (reply.kind !== "result") return;
    const { dcOptions, expires, date } = reply.value;
    this.#addresses = dcOptions.filter(isForAccounts).map(({ id, ipAddress, port }) => ({ id, host: ipAddress, port }));
    this.#goodUntil = Date.now() + (expires - date) * 1000;
  }
}

/** Files, proxies with a secret and content for everyone are served from elsewhere. https://core.telegram.org/constructor/dcOption */
const isForAccounts = (option: Api.DcOption): boolean =>
  !(option.mediaOnly || option.cdn || option.tcpoOnly || option.secret);
