"use client";

import { TriangleAlert } from "lucide-react";
import { Button } from "@/components/ui/button";
import { Empty } from "@/components/ui/notice";

export default function PageError({ reset }: { error: Error; reset(): void }) {
  return (
    <Empty
      icon={<TriangleAlert />}
      heading="h1"
      title="This page could not be drawn"
      text="Something failed in the page itself. Nothing was changed, and posting goes on."
    >
      <Button look="primary" onClick={reset}>
        Draw the page again
      </Button>
    </Empty>
  );
}
