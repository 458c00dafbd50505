import { randomBytes } from "node:crypto";
import type { TwoStepCodes } from "@herald/core";
import { generateSecret, generateURI, verifySync } from "otplib";

/** How far a phone's clock may be from ours, in seconds: one step to either side. */
const TOLERANCE_S = 30;
/** Crockford's base 32: none of its signs is mistaken for another. */
const SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

export const twoStepCodes: TwoStepCodes = {
  secret: () => generateSecret(),
  uri: (secret, account) => generateURI({ issuer: "Herald", label: account, secret }),
  stepOf(secret, code, at) {
    // the library throws at what cannot be a code
    if (!/^\d{6}$/.test(code)) return null;
    const epoch = Math.floor(at.getTime() / 1000);
    const result = verifySync({ secret, token: code, epoch, epochTolerance: TOLERANCE_S });
    return result.valid && "timeStep" in result ? result.timeStep : null;
  },
  recoveryCode: (length) => [...randomBytes(length)].map((byte) => SIGNS[byte % SIGNS.length]).join(""),
};
