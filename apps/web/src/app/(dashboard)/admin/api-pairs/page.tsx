import type { Metadata } from "next";
import { ApiPairsPage } from "@/features/admin/api-pairs-page";

export const metadata: Metadata = { title: "API pairs" };

export default ApiPairsPage;
