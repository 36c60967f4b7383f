/** Mean; 0 of none. */
export function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Bias and limits of agreement, mean and mean -+ 1.96 sd of differences (Bland and Altman 1986, Lancet 327:307). */
export function limitsOfAgreement(differences: readonly number[]): { bias: number; low: number; high: number } {
  const bias = mean(differences);
  const spread = Math.sqrt(
    differences.reduce((sum, d) => sum + (d - bias) ** 2, 0) / Math.max(differences.length - 1, 1),
  );
  return { bias, low: bias - 1.96 * spread, high: bias + 1.96 * spread };
}

/** Score interval of a share, 95 % (Wilson 1927, J Am Stat Assoc 22:209). */
export function shareInterval(hits: number, n: number): readonly [number, number] {
  if (n === 0) return [0, 1];
  const [z, p] = [1.96, hits / n];
  const middle = (p + (z * z) / (2 * n)) / (1 + (z * z) / n);
  const half = (z / (1 + (z * z) / n)) * Math.sqrt((p * (1 - p)) / n + (z * z) / (4 * n * n));
  return [Math.max(0, middle - half), Math.min(1, middle + half)];
}

/** Cohen's kappa of pairs of names. */
export function namedKappa(pairs: readonly { readonly truth: string; readonly found: string }[]): number {
  const n = Math.max(pairs.length, 1);
  const names = [...new Set(pairs.flatMap((pair) => [pair.truth, pair.found]))];
  const observed = pairs.filter((pair) => pair.truth === pair.found).length / n;
  const expected = names.reduce((sum, name) => {
    const share = (key: 'truth' | 'found'): number => pairs.filter((pair) => pair[key] === name).length / n;
    return sum + share('truth') * share('found');
  }, 0);
  return expected < 1 ? (observed - expected) / (1 - expected) : 0;
}

/** How often each name occurs, the most frequent first. */
export function tally(names: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  const sorted = [...counts].sort((a, b) => b[1] - a[1] || a[0].localeCompare(b[0]));
  return sorted.map(([name, count]) => `${name} ${count}`).join(', ') || 'none';
}
