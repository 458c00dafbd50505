/** Next calls it once. */
export async function register() {
  // biome-ignore lint/style/noProcessEnv: Next's build puts it in, and leaves the rest out for its edge runtime, where nothing of ours runs
  if (process.env.NEXT_RUNTIME === "nodejs") (await import("./boot")).boot();
}
