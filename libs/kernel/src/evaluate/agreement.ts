/** Agreement of two readers on a yes or no. */
export interface BinaryAgreement {
  /** Cohen 1960, Educ Psychol Meas 20:37; 0 when both readers always say the same. */
  readonly kappa: number;
  readonly sensitivity: number;
  readonly specificity: number;
  readonly n: number;
}

/** Kappa, sensitivity and specificity of `found` against `truth`. */
export function binaryAgreement(
  pairs: readonly { readonly truth: boolean; readonly found: boolean }[],
): BinaryAgreement {
  const count = (truth: boolean, found: boolean): number =>
    pairs.filter((pair) => pair.truth === truth && pair.found === found).length;
  const [tp, fn, fp, tn] = [count(true, true), count(true, false), count(false, true), count(false, false)];
  const n = pairs.length;
  const observed = (tp + tn) / Math.max(n, 1);
  const expected = ((tp + fn) * (tp + fp) + (tn + fp) * (tn + fn)) / Math.max(n * n, 1);
  return {
    kappa: expected < 1 ? (observed - expected) / (1 - expected) : 0,
    sensitivity: tp + fn > 0 ? tp / (tp + fn) : 0,
    specificity: tn + fp > 0 ? tn / (tn + fp) : 0,
    n,
  };
}

/** Quadratically weighted kappa of grades 1 to `grades` (Cohen 1968, Psychol Bull 70:213). */
export function quadraticKappa(
  pairs: readonly { readonly truth: number; readonly found: number }[],
  grades: number,
): number {
  const n = pairs.length;
  if (n === 0) return 0;
  const share = (values: readonly number[], grade: number): number => values.filter((v) => v === grade).length / n;
  const [truths, founds] = [pairs.map((p) => p.truth), pairs.map((p) => p.found)];
  const observed = pairs.reduce((sum, p) => sum + (p.truth - p.found) ** 2, 0) / n;
  let expected = 0;
  for (let a = 1; a <= grades; a++) {
    for (let b = 1; b <= grades; b++) expected += share(truths, a) * share(founds, b) * (a - b) ** 2;
  }
  return expected > 0 ? 1 - observed / expected : 0;
}
