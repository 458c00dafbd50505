import { appRouter, restRoutes } from "@herald/api";
import { z } from "zod";

/** Something of the engine's that can be called, with what it reads. */
export interface Endpoint {
  /** `bot.start`, or `POST /api/bot/start` */
  name: string;
  kind: "query" | "mutation" | "subscription" | "rest";
  method: "GET" | "POST";
  path: string;
  /** Of what is sent as JSON. Absent: it takes no input. */
  schema?: z.ZodType;
  /** of the parameters in its address */
  query?: z.ZodType;
  /** its body is a file, and no JSON */
  takesFile?: true;
}

/** What is there beside the API, to be asked by load balancers. */
const PROBES = ["/live", "/ready"];

/** What a tRPC procedure says of itself. */
const Definition = z.object({
  type: z.enum(["query", "mutation", "subscription"]),
  inputs: z.array(z.instanceof(z.ZodType)).max(1),
});

/** Every procedure and every route that there is, found by asking the router itself, so that a new one is among them. */
export function endpoints(): Endpoint[] {
  const procedures = Object.entries<object>(appRouter._def.procedures).map(([name, procedure]): Endpoint => {
    const { type, inputs } = Definition.parse("_def" in procedure ? procedure._def : null);
    const [schema] = inputs;
    return {
      name,
      kind: type,
      method: type === "mutation" ? "POST" : "GET",
      path: `/trpc/${name}`,
      ...(schema && { schema }),
    };
  });
  const routes = restRoutes.map(
    ({ method, path, body, input }): Endpoint => ({
      name: `${method} ${path}`,
      kind: "rest",
      method,
      path,
      ...(input?.body && { schema: input.body }),
      ...(input?.query && { query: input.query }),
      ...(body === "file" && { takesFile: true }),
    }),
  );
  const probes = PROBES.map((path): Endpoint => ({ name: `GET ${path}`, kind: "rest", method: "GET", path }));
  return [...procedures, ...routes, ...probes];
}
