import type { Metadata } from "next";
import { ChatsPage } from "@/features/admin/chats-page";

export const metadata: Metadata = { title: "Chats" };

export default ChatsPage;
