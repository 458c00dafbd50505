import { SIGN_IN_DAYS } from "@herald/contract";
import { createAuthStore } from "@herald/db";
import { verify } from "@node-rs/argon2";
import type { NextAuthOptions } from "next-auth";
import CredentialsProvider from "next-auth/providers/credentials";
import { env } from "@/env";
import { SignInAttempts } from "./attempts";
import { cookiesAt } from "./cookies";
import { askEngine } from "./engine";

/** What the sign-in form gets when there were too many failures. */
export const TOO_MANY_ATTEMPTS = "too_many_attempts";

/** A hash of nothing in particular: checking it costs what a real one costs, so the time does not tell who exists. */
const DUMMY_HASH = "$argon2id$v=19$m=19456,t=2,p=1$DJMETgSZyyICQ/xcHw44rw$yu/4ukfnyRqMGh3TTFxsg/Wzgq9rTJkhRVk6gOBkViM";

const attempts = new SignInAttempts();
let store: ReturnType<typeof createAuthStore> | undefined;

/** next-auth's options: e-mail and password, the sign-in's id in an encrypted cookie that lasts as long as the sign-in. */
export function authOptions(): NextAuthOptions {
  return {
    secret: env().NEXTAUTH_SECRET,
    session: { strategy: "jwt", maxAge: SIGN_IN_DAYS * 24 * 3600 },
    ...cookiesAt(env().NEXTAUTH_URL),
    pages: { signIn: "/sign-in", error: "/sign-in" },
    providers: [
      CredentialsProvider({
        credentials: { email: {}, password: {} },
        async authorize(credentials, request) {
          const email = credentials?.email.trim().toLowerCase() ?? "";
          const address = String(request.headers?.["x-forwarded-for"] ?? "");
          if (!attempts.allowed(email, address, Date.now())) throw new Error(TOO_MANY_ATTEMPTS);
          store ??= createAuthStore(env().DATABASE_URL);
          const user = await store.findByEmail(email);
          const right = await verify(user?.passwordHash ?? DUMMY_HASH, credentials?.password ?? "");
          if (user === null || user.disabled || !right) {
            attempts.failed(email, address, Date.now());
            return null;
          }
          const signInId = await store.openSignIn(user, {
            userAgent: String(request.headers?.["user-agent"] ?? ""),
            address,
          });
          if (signInId === null) return null;
          attempts.succeeded(email);
          return { id: user.id, email: user.email, name: user.name, role: user.role, signInId };
        },
      }),
    ],
    callbacks: {
      jwt({ token, user }) {
        if (user === undefined) return token;
        return { ...token, role: user.role, sid: user.signInId };
      },
      session({ session, token }) {
        session.user = {
          id: token.sub ?? "",
          email: token.email ?? "",
          name: token.name ?? "",
          role: token.role,
        };
        return session;
      },
    },
    events: { signOut: ({ token: { sub, sid } }) => endSignIn(sub, sid) },
  };
}

/** A copy of the cookie is worth nothing from then on. The browser's own goes in any case. */
async function endSignIn(sub: string | undefined, sid: string | undefined): Promise<void> {
  if (sub === undefined || sid === undefined) return;
  try {
    const { status } = await askEngine({ sub, sid }, "signIns.end", { id: sid });
    // 401: it had ended before
    if (status !== 200 && status !== 401) throw new Error(`it answers ${status}`);
  } catch (error) {
    console.error("The engine could not be told of a sign-out:", error instanceof Error ? error.message : error);
  }
}
