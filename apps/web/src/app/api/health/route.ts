/** Liveness of the web process alone; the engine has its own `/api/health`. */
export const dynamic = "force-dynamic";

export function GET() {
  return Response.json({ status: "ok" });
}
