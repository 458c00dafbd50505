/** The API ids that the server accepts. With none registered, it accepts all. */
export class ApiIds {
  private readonly hashes = new Map<number, string>();

  add(id: number, hash: string): void {
    this.hashes.set(id, hash);
  }

  accepts(id: number): boolean {
    return this.hashes.size === 0 || this.hashes.has(id);
  }

  acceptsPair(id: number, hash: string): boolean {
    return this.hashes.size === 0 || this.hashes.get(id) === hash;
  }
}
