/** Says what happens now, and after how many seconds it was done. */
export async function step<T>(what: string, work: () => Promise<T>): Promise<T> {
  console.log(`· ${what} …`);
  const startedAt = performance.now();
  const result = await work();
  console.log(`✓ ${what} (${((performance.now() - startedAt) / 1000).toFixed(1)} s)`);
  return result;
}
