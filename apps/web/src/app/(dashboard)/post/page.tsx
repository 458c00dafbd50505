import type { Metadata } from "next";
import { PostPage } from "@/features/post/post-page";

export const metadata: Metadata = { title: "Post" };

export default PostPage;
