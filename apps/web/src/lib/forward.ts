import { type ErrorDto, tooLarge } from "@herald/contract";
import type { NextRequest } from "next/server";
import { tokenFor } from "@/auth/engine";
import { readSignIn } from "@/auth/sign-in-claims";
import { env } from "@/env";
import { isBodyWithin } from "./body-limit";
import { isSameOrigin } from "./same-origin";

const REQUEST_HEADERS = ["accept", "content-type", "last-event-id", "trpc-accept"];
const RESPONSE_HEADERS = ["cache-control", "content-type", "vary", "x-accel-buffering"];

const picked = (from: Headers, names: string[]) =>
  names.flatMap((name) => {
    const value = from.get(name);
    return value === null ? [] : [[name, value] as [string, string]];
  });

export interface Forwarding {
  /** where it goes on the engine, without its query */
  path: string;
  /** largest body, in bytes */
  bodyLimit: number;
  /** answers what fails before the engine is reached, in the engine's own shape there; `status` is the code's unless given */
  refuse(error: ErrorDto, status?: number): Response;
}

/** Turns the sign-in cookie into a token for the engine and streams the request there and the answer back. */
export async function forward(request: NextRequest, { path, bodyLimit, refuse }: Forwarding): Promise<Response> {
  if (request.method !== "GET" && !isSameOrigin(request.headers))
    return refuse({
      code: "forbidden",
      message: `This request did not come from the dashboard's pages at ${env().NEXTAUTH_URL}. Nothing was changed.`,
    });
  const claims = await readSignIn(request);
  if (claims === null)
    return refuse({ code: "unauthenticated", message: "Your sign-in has ended. Sign in again; nothing was changed." });
  if (!isBodyWithin(request.headers, bodyLimit)) return refuse(tooLarge(bodyLimit));
  const token = await tokenFor(claims);
  try {
    const answer = await fetch(new URL(path + request.nextUrl.search, env().ENGINE_URL), {
      method: request.method,
      headers: [...picked(request.headers, REQUEST_HEADERS), ["authorization", `Bearer ${token}`]],
      body: request.body,
      duplex: "half",
      redirect: "manual",
      cache: "no-store",
      signal: request.signal,
    } as RequestInit);
    return new Response(answer.body, {
      status: answer.status,
      headers: picked(answer.headers, RESPONSE_HEADERS),
    });
  } catch (error) {
    if (request.signal.aborted) return new Response(null, { status: 499 });
    console.error("The engine could not be reached:", error instanceof Error ? (error.cause ?? error) : error);
    return refuse(
      {
        code: "internal",
        message: "The posting engine does not answer. Nothing was changed; try again in a moment.",
      },
      503,
    );
  }
}
