import { SIGN_IN_DAYS } from "@herald/contract";
import type { NextAuthOptions } from "next-auth";
import CredentialsProvider from "next-auth/providers/credentials";
import { env } from "@/env";
import { ownTarget } from "@/lib/own-target";
import { askEngine } from "./ask-engine";
import { cookiesAt } from "./cookies";
import { deviceOf, rememberDevice } from "./device";
import { callEngine } from "./engine";
import type { SignInFault } from "./fault";

const failed = (fault: SignInFault, seconds?: number) =>
  new Error(seconds === undefined ? fault : `${fault}:${seconds}`);

/** next-auth's options: e-mail, password and code, the sign-in's id in an encrypted cookie that lasts as long as the sign-in. */
export function authOptions(): NextAuthOptions {
  return {
    secret: env().NEXTAUTH_SECRET,
    session: { strategy: "jwt", maxAge: SIGN_IN_DAYS * 24 * 3600 },
    ...cookiesAt(env().NEXTAUTH_URL),
    pages: { signIn: "/sign-in", error: "/sign-in" },
    providers: [
      CredentialsProvider({
        credentials: { email: {}, password: {}, code: {} },
        async authorize(credentials, request) {
          const email = (credentials?.email ?? "").trim().toLowerCase();
          const device = await deviceOf(email);
          const answer = await askEngine({
            email,
            password: credentials?.password ?? "",
            code: credentials?.code || null,
            // one address, and a true one: see true-address.ts
            address: String(request.headers?.["x-forwarded-for"] ?? ""),
            device,
            userAgent: String(request.headers?.["user-agent"] ?? "").slice(0, 1000),
          });
          if (answer === null) throw failed("unavailable");
          switch (answer.result) {
            case "right":
              if (device === null) await rememberDevice(email);
              return { ...answer.user, signInId: answer.signInId };
            case "wrong":
              return null;
            case "slowed":
              throw failed("slowed", answer.retryAfterSeconds);
            default:
              throw failed(answer.result);
          }
        },
      }),
    ],
    callbacks: {
      redirect: ({ url, baseUrl }) => baseUrl + (ownTarget(url, baseUrl) ?? "/"),
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
    const { status } = await callEngine({ sub, sid }, "signIns.end", { id: sid });
    // 401: it had ended before
    if (status !== 200 && status !== 401) throw new Error(`it answers ${status}`);
  } catch (error) {
    console.error("The engine could not be told of a sign-out:", error instanceof Error ? error.message : error);
  }
}
