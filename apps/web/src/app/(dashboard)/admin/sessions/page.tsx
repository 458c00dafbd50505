import type { Metadata } from "next";
import { SessionsPage } from "@/features/admin/sessions-page";

export const metadata: Metadata = { title: "Sessions" };

export default SessionsPage;
