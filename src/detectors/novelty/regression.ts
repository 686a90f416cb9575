/** How many inputs are weighed. */
const SIZE = 5;
/** How long what was learned counts, in points. */
const MEMORY = 2_000;
const KEPT = 1 - 1 / MEMORY;
/**
 * How much is added to the products of inputs with themselves, as a share of their mean, so that inputs that say the same share the
 * weight.
 */
const RIDGE = 1e-3;
/** And at least this much, so that inputs about which nothing is known have no weight. */
const LEAST_RIDGE = 1e-12;

/** The decayed sums of products of inputs with each other, row by row, and with the output. */
export interface Regression {
  readonly products: Float64Array;
  readonly outcomes: Float64Array;
}

export function newRegression(): Regression {
  return { products: new Float64Array(SIZE * SIZE), outcomes: new Float64Array(SIZE) };
}

/** Learns the outcome of these inputs. */
export function learnPair({ products, outcomes }: Regression, inputs: readonly number[], outcome: number): void {
  for (let row = 0; row < SIZE; row += 1) {
    const input = inputs[row] as number;
    outcomes[row] = KEPT * (outcomes[row] as number) + input * outcome;
    for (let i = 0; i < SIZE; i += 1) {
      products[row * SIZE + i] = KEPT * (products[row * SIZE + i] as number) + input * (inputs[i] as number);
    }
  }
}

/**
 * The prediction from the inputs: ridge regression (A. E. Hoerl and R. W. Kennard, Technometrics 12, 1970) by Gaussian elimination.
 */
export function weigh({ products, outcomes }: Regression, inputs: readonly number[]): number {
  const matrix = products.slice();
  const weights = outcomes.slice();
  let trace = 0;
  for (let i = 0; i < SIZE; i += 1) trace += matrix[i * (SIZE + 1)] as number;
  for (let i = 0; i < SIZE; i += 1) {
    matrix[i * (SIZE + 1)] = (matrix[i * (SIZE + 1)] as number) + (RIDGE * trace) / SIZE + LEAST_RIDGE;
  }
  eliminate(matrix, weights);
  let sum = 0;
  for (let row = SIZE - 1; row >= 0; row -= 1) {
    let rest = weights[row] as number;
    for (let i = row + 1; i < SIZE; i += 1) rest -= (matrix[row * SIZE + i] as number) * (weights[i] as number);
    weights[row] = rest / (matrix[row * (SIZE + 1)] as number);
    sum += (weights[row] as number) * (inputs[row] as number);
  }
  return sum;
}

/** Makes the matrix upper triangular. It is positive definite, so no rows need to be swapped. */
function eliminate(matrix: Float64Array, right: Float64Array): void {
  for (let pivot = 0; pivot < SIZE; pivot += 1) {
    for (let row = pivot + 1; row < SIZE; row += 1) {
      const times = (matrix[row * SIZE + pivot] as number) / (matrix[pivot * (SIZE + 1)] as number);
      if (times === 0) continue;
      for (let i = pivot; i < SIZE; i += 1) {
        matrix[row * SIZE + i] = (matrix[row * SIZE + i] as number) - times * (matrix[pivot * SIZE + i] as number);
      }
      right[row] = (right[row] as number) - times * (right[pivot] as number);
    }
  }
}
