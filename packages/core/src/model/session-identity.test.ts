import { expect, test } from "vitest";
import { identityOf } from "./session-identity.ts";

const account = { userId: "77", username: "shop_3", firstName: "Ada", phone: "+380 50 123-12-34" };

test("an account is kept by its username and what may be seen of its number", () => {
  expect(identityOf(account)).toEqual({
    label: "@shop_3",
    username: "shop_3",
    phoneMasked: "+380 •• ••• 12 34",
    telegramUserId: "77",
  });
});

test("without a username it is called by its first name, without either by its number at Telegram", () => {
  expect(identityOf({ ...account, username: null }).label).toBe("Ada");
  expect(identityOf({ ...account, username: null, firstName: null }).label).toBe("account 77");
});

test("of a number that is too short to hide anything nothing is kept, and of none none", () => {
  expect(identityOf({ ...account, phone: "12345678" }).phoneMasked).toBe("+123 •• ••• 56 78");
  expect(identityOf({ ...account, phone: "+1234567" }).phoneMasked).toBe("••••");
  expect(identityOf({ ...account, phone: null }).phoneMasked).toBeNull();
});
