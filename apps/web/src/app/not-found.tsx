import { Compass } from "lucide-react";
import Link from "next/link";
import { Button } from "@/components/ui/button";
import { Empty } from "@/components/ui/notice";

export default function NotFound() {
  return (
    <main className="flex min-h-dvh items-center justify-center">
      <Empty
        icon={<Compass />}
        heading="h1"
        title="There is no such page"
        text="The address may be mistyped, or the page has moved."
      >
        <Button look="primary" asChild>
          <Link href="/">Go to the first page</Link>
        </Button>
      </Empty>
    </main>
  );
}
