/** Multipliers with which Shanks' method is tried in turn, until one finds a factor. */
const MULTIPLIERS = [1n, 3n, 5n, 7n, 11n, 15n, 21n, 33n, 35n, 55n, 77n, 105n, 165n, 231n, 385n, 1155n];
const MAX_STEPS = 400_000;

/** The two primes of a 62-bit pq, smaller first, by Shanks' square forms: all but the set-up fits ordinary numbers. */
export function factorize(pq: bigint): [bigint, bigint] {
  for (const multiplier of MULTIPLIERS) {
    const factor = squareForms(pq, pq * multiplier);
    if (factor === undefined) continue;
    const other = pq / factor;
    return factor < other ? [factor, other] : [other, factor];
  }
  throw new Error(`${pq} was not factorized`);
}

function squareForms(n: bigint, kn: bigint): bigint | undefined {
  const root = integerRoot(kn);
  let p = root;
  let before = 1;
  let q = Number(kn - BigInt(root) * BigInt(root));
  for (let step = 1; step < MAX_STEPS && q !== 0; step++) {
    const b = Math.floor((root + p) / q);
    const nextP = b * q - p;
    const nextQ = before + b * (p - nextP);
    before = q;
    q = nextQ;
    p = nextP;
    const side = step % 2 === 1 ? Math.sqrt(q) : 0.5;
    if (!Number.isInteger(side)) continue;
    const factor = gcd(n, BigInt(backwards(kn, root, p, side)));
    if (factor > 1n && factor < n) return factor;
  }
  return undefined;
}

/** From a square form to the ambiguous one, which holds the factor. */
function backwards(kn: bigint, root: number, start: number, side: number): number {
  let p = Math.floor((root - start) / side) * side + start;
  let before = side;
  let q = Number((kn - BigInt(p) * BigInt(p)) / BigInt(side));
  for (let step = 0; step < MAX_STEPS; step++) {
    const b = Math.floor((root + p) / q);
    const nextP = b * q - p;
    if (nextP === p) return p;
    const nextQ = before + b * (p - nextP);
    before = q;
    q = nextQ;
    p = nextP;
  }
  return 1;
}

function integerRoot(n: bigint): number {
  let root = BigInt(Math.floor(Math.sqrt(Number(n))));
  while (root * root > n) root--;
  while ((root + 1n) * (root + 1n) <= n) root++;
  return Number(root);
}

function gcd(a: bigint, b: bigint): bigint {
  let [x, y] = [a, b];
  while (y > 0n) [x, y] = [y, x % y];
  return x;
}
