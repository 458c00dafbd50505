import type { RestError } from "@herald/contract";

/** For programs that are mistaken: in words that they can read, and not as a page. */
function nothing(): Response {
  const error: RestError = {
    code: "not_found",
    detail: "There is nothing at this address. The REST API is the engine's.",
  };
  return Response.json(error, { status: 404 });
}

export { nothing as DELETE, nothing as GET, nothing as PATCH, nothing as POST, nothing as PUT };
