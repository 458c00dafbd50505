import { hash as digest } from "node:crypto";
import type { Hashes } from "@herald/core";
import { hash } from "@node-rs/argon2";

export const hashes: Hashes = {
  // argon2id with the parameters of OWASP's Password Storage Cheat Sheet (19 MiB, 2 passes), the library's defaults
  password: (password) => hash(password),
  sha256: (data) => digest("sha256", data),
};
