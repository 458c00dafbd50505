import type { Metadata } from "next";
import { NowPage } from "@/features/now/now-page";

export const metadata: Metadata = { title: "Now" };

export default NowPage;
