import { expect } from "vitest";
import { refused, type Scenario } from "./stage.ts";

export const loginScenarios: Scenario[] = [
  {
    name: "a stored key is the account's, without a login",
    run: async (stage) => {
      const client = await stage.as(stage.alice);
      const [self] = (await client.invoke("users.getUsers", { id: [{ _: "inputUserSelf" }] })) as unknown as [
        { id: number; username: string },
      ];
      expect(Number(self.id)).toBe(stage.alice.id);
      expect(self.username).toBe("alice_a");
      expect(stage.emulator.counters.keyExchanges).toBe(0);
    },
  },
  {
    name: "a new key is nobody's until the login",
    run: async (stage) => {
      const client = await stage.stranger();
      await refused(client.invoke("updates.getState"), "AUTH_KEY_UNREGISTERED");
      expect(stage.emulator.counters.keyExchanges).toBe(1);
    },
  },
  {
    name: "login by phone code",
    run: async (stage) => {
      const client = await stage.stranger();
      expect(await client.login({ phone: stage.alice.phone, code: "12345" })).toBe(stage.alice.id);
      expect(stage.world.keys.of(stage.alice)).toHaveLength(2);
    },
  },
  {
    name: "login by phone code and 2FA password",
    run: async (stage) => {
      stage.alice.twoFa = "correct horse";
      const client = await stage.stranger();
      const login = { phone: stage.alice.phone, code: "12345", password: "correct horse" };
      expect(await client.login(login)).toBe(stage.alice.id);
      expect(stage.emulator.counters.errors.SESSION_PASSWORD_NEEDED).toBeGreaterThan(0);
    },
  },
  {
    name: "a wrong code, an unknown hash and a wrong phone are refused",
    run: async (stage) => {
      const client = await stage.stranger();
      const phone_number = stage.alice.phone;
      const settings = { _: "codeSettings" };
      const sendCode = (number: string) =>
        client.invoke("auth.sendCode", { phone_number: number, api_id: 1, api_hash: "h", settings });
      const { phone_code_hash } = await sendCode(phone_number);
      const signIn = (hash: string, phone_code: string) =>
        client.invoke("auth.signIn", { phone_number, phone_code_hash: hash, phone_code });
      await refused(signIn(phone_code_hash as string, "99999"), "PHONE_CODE_INVALID");
      await refused(signIn("nonsense", "12345"), "PHONE_CODE_EXPIRED");
      await refused(sendCode("12"), "PHONE_NUMBER_INVALID");
      expect(stage.world.keys.of(stage.alice)).toHaveLength(1);
    },
  },
  {
    name: "a wrong 2FA password is refused",
    run: async (stage) => {
      stage.alice.twoFa = "correct horse";
      const client = await stage.as(stage.alice);
      const { srp_id } = await client.invoke("account.getPassword");
      const proof = {
        _: "inputCheckPasswordSRP",
        srp_id: BigInt(srp_id),
        A: Buffer.alloc(256, 3),
        M1: Buffer.alloc(32),
      };
      await refused(client.invoke("auth.checkPassword", { password: proof }), "PASSWORD_HASH_INVALID");
      await refused(client.invoke("auth.checkPassword", { password: { ...proof, srp_id: 1n } }), "SRP_ID_INVALID");
    },
  },
  {
    name: "login by QR code",
    run: async (stage) => {
      const client = await stage.stranger();
      const scan = (token: Buffer) =>
        setImmediate(() => stage.emulator.acceptLoginToken(token.toString("base64url"), stage.bob));
      expect(await client.loginByQr(scan)).toBe(stage.bob.id);
    },
  },
  {
    name: "login by QR code and 2FA password",
    run: async (stage) => {
      stage.bob.twoFa = "battery staple";
      const client = await stage.stranger();
      const scan = (token: Buffer) =>
        setImmediate(() => stage.emulator.acceptLoginToken(token.toString("base64url"), stage.bob));
      expect(await client.loginByQr(scan, "battery staple")).toBe(stage.bob.id);
    },
  },
  {
    name: "a QR code is scanned by another client of the account",
    run: async (stage) => {
      const phone = await stage.as(stage.alice);
      const desk = await stage.stranger();
      const { token } = await desk.invoke("auth.exportLoginToken", { api_id: 1, api_hash: "h", except_ids: [] });
      await phone.invoke("auth.acceptLoginToken", { token });
      await refused(phone.invoke("auth.acceptLoginToken", { token }), "AUTH_TOKEN_ALREADY_ACCEPTED");
      const { authorization } = await desk.invoke("auth.exportLoginToken", {
        api_id: 1,
        api_hash: "h",
        except_ids: [],
      });
      expect(Number(authorization.user.id)).toBe(stage.alice.id);
      expect(stage.world.keys.of(stage.alice)).toHaveLength(2);
    },
  },
  {
    name: "a login follows the account to its own data centre",
    open: { moreDcs: [{ id: 4, host: "127.0.0.2" }] },
    run: async (stage) => {
      const account = stage.world.account({ phone: "+99966400001", dc: 4 });
      const client = await stage.stranger();
      expect(await client.login({ phone: account.phone, code: "12345" })).toBe(account.id);
      expect(stage.emulator.counters.errors.PHONE_MIGRATE_X).toBe(1);
      expect(stage.world.keys.of(account).map((key) => key.dc)).toEqual([4, 4]);
    },
  },
  {
    name: "an authorisation taken to another data centre is sent home",
    open: { moreDcs: [{ id: 4, host: "127.0.0.2" }] },
    run: async (stage) => {
      const client = await stage.as(stage.alice);
      const { id, bytes } = await client.invoke("auth.exportAuthorization", { dc_id: 4 });
      expect(Number(id)).toBe(stage.alice.id);
      await refused(
        client.invoke("auth.importAuthorization", { id: BigInt(id), bytes: Buffer.alloc(8) }),
        "AUTH_BYTES_INVALID",
      );
      await client.invoke("auth.importAuthorization", { id: BigInt(id), bytes });
      await refused(client.invoke("auth.exportAuthorization", { dc_id: 5 }), "DC_ID_INVALID");
    },
  },
  {
    name: "an API id that the server does not know is refused",
    run: async (stage) => {
      stage.world.apiIds.add(1, "0123456789abcdef0123456789abcdef");
      const known = await stage.as(stage.alice);
      await known.invoke("updates.getState");
      const settings = { _: "codeSettings" };
      const wrongHash = { phone_number: stage.bob.phone, api_id: 1, api_hash: "other", settings };
      await refused(known.invoke("auth.sendCode", wrongHash), "API_ID_INVALID");
      expect(stage.emulator.apiIds()).toEqual([{ apiId: 1, now: 1, most: 1 }]);
    },
  },
];
