/**
 * Gaussian elimination of a positive definite system, in place.
 *
 * @param a - rows of the matrix
 * @param b - right side
 */
export function solvePositiveDefinite(a: number[][], b: number[]): number[] {
  const size = b.length;
  for (let pivot = 0; pivot < size; pivot++) {
    for (let row = pivot + 1; row < size; row++) {
      const factor = a[row]![pivot]! / a[pivot]![pivot]!;
      for (let column = pivot; column < size; column++) a[row]![column]! -= factor * a[pivot]![column]!;
      b[row]! -= factor * b[pivot]!;
    }
  }
  const x = new Array<number>(size).fill(0);
  for (let row = size - 1; row >= 0; row--) {
    let sum = b[row]!;
    for (let column = row + 1; column < size; column++) sum -= a[row]![column]! * x[column]!;
    x[row] = sum / a[row]![row]!;
  }
  return x;
}
