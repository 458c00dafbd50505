"use client";

import { usePathname, useSearchParams } from "next/navigation";
import { useCallback } from "react";

/** One value kept in the address, so that it survives a reload and can be sent to somebody. Absent at its default. */
export function useUrlState(key: string, initial = ""): [string, (value: string) => void] {
  const params = useSearchParams();
  const pathname = usePathname();
  const set = useCallback(
    (value: string) => {
      const next = new URLSearchParams(window.location.search);
      if (value === initial) next.delete(key);
      else next.set(key, value);
      // not the router: nothing of this needs the server
      window.history.replaceState(null, "", next.size === 0 ? pathname : `${pathname}?${next}`);
    },
    [key, initial, pathname],
  );
  return [params.get(key) ?? initial, set];
}
