import type { Caller } from "@herald/testing/people";

/** What came of a call: the code that it was refused with, null when it was answered; and all that was said. */
export interface Said {
  code: string | null;
  text: string;
}

/** What a procedure answers. */
export async function said(call: Promise<unknown>): Promise<Said> {
  try {
    return { code: null, text: JSON.stringify((await call) ?? null) };
  } catch (error) {
    if (!(error instanceof Error && "data" in error)) throw error;
    const { herald } = error.data as { herald: { code: string } };
    return { code: herald.code, text: JSON.stringify([error.message, error.data]) };
  }
}

/** What a route, or a procedure by its address, answers to nothing. @param route `POST /api/bot/start` */
export async function saidBy(caller: Caller, route: string): Promise<Said> {
  const [method = "", path = ""] = route.split(" ");
  const json = { headers: { "content-type": "application/json" }, body: "{}" };
  const response = await caller.request(path, { method, ...(method === "POST" && path.startsWith("/trpc/") && json) });
  const text = await response.text();
  // an error of REST, of tRPC, and of a stream
  const code = /"code":"([a-z_]+)"/.exec(text)?.[1];
  return { code: response.ok && !text.includes("event: serialized-error") ? null : (code ?? text), text };
}
