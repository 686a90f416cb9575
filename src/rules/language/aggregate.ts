import type { Aggregate } from './syntax.ts';
import { known, type Value } from './value.ts';

/** The combination of many values, and the ones that decided it. */
export interface Combined {
  readonly value: number | boolean | null;
  readonly decided: (value: Value) => boolean;
}

/** Combines the values of all entries into one. A missing one results in no data wherever it could matter. */
export function combine(name: Aggregate, values: readonly Value[]): Combined {
  switch (name) {
    case 'any':
      return quantified(values, true);
    case 'all':
      return quantified(values, false);
    case 'count':
      return counted(values);
    case 'sum':
    case 'avg':
    case 'min':
    case 'max':
      return reduced(name, values);
    default:
      return name satisfies never;
  }
}

const everyOne = (): boolean => true;

/** `any` is decided by one true, `all` by one false. */
function quantified(values: readonly Value[], by: boolean): Combined {
  if (values.includes(by)) return { value: by, decided: (value) => value === by };
  if (values.some((value) => value !== !by)) return { value: null, decided: (value) => value !== !by };
  return { value: !by, decided: everyOne };
}

function counted(values: readonly Value[]): Combined {
  if (values.some((value) => typeof value !== 'boolean')) {
    return { value: null, decided: (value) => typeof value !== 'boolean' };
  }
  const hits = values.filter((value) => value === true).length;
  return { value: hits, decided: hits === 0 ? everyOne : (value) => value === true };
}

function reduced(name: 'sum' | 'avg' | 'min' | 'max', values: readonly Value[]): Combined {
  const numbers = values.filter((value) => typeof value === 'number');
  if (numbers.length < values.length) return { value: null, decided: (value) => typeof value !== 'number' };
  const sum = numbers.reduce((all, one) => all + one, 0);
  if (name === 'sum') return { value: known(sum), decided: everyOne };
  if (numbers.length === 0) return { value: null, decided: everyOne };
  if (name === 'avg') return { value: known(sum / numbers.length), decided: everyOne };
  const end = numbers.reduce((best, one) => (name === 'min' ? Math.min(best, one) : Math.max(best, one)));
  return { value: end, decided: (value) => value === end };
}
