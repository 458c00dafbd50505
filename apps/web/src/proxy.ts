import { type NextRequest, NextResponse } from "next/server";
import { getToken } from "next-auth/jwt";
import { env } from "@/env";

/** Lets nobody past the sign-in page without a cookie, and only admins into /admin. The engine checks again. */
export default async function proxy(request: NextRequest) {
  const token = await getToken({ req: request, secret: env().NEXTAUTH_SECRET });
  const { pathname, search } = request.nextUrl;
  if (token === null) {
    const url = request.nextUrl.clone();
    url.pathname = "/sign-in";
    url.search = pathname === "/" ? "" : `?${new URLSearchParams({ to: pathname + search })}`;
    return NextResponse.redirect(url);
  }
  if (pathname.startsWith("/admin") && token.role !== "admin") {
    const url = request.nextUrl.clone();
    url.pathname = "/";
    url.search = "";
    return NextResponse.redirect(url);
  }
  return NextResponse.next();
}

export const config = { matcher: ["/((?!api/|sign-in|_next/|icon.svg|favicon.ico).*)"] };
