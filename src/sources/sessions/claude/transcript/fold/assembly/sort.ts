/** Puts so many numbers in order: Shell's sort, with gaps that shrink by 4 to 9. */
export function sort(at: usize, count: u32): void {
  let gap: u32 = 1;
  while (gap < count / 9) gap = (gap * 9) / 4 + 1;
  for (; gap > 0; gap = (gap * 4) / 9) {
    for (let next = gap; next < count; next++) {
      const number = load<f64>(at + ((<usize>next) << 3));
      let place = next;
      for (; place >= gap; place -= gap) {
        const before = load<f64>(at + ((<usize>(place - gap)) << 3));
        if (before <= number) break;
        store<f64>(at + ((<usize>place) << 3), before);
      }
      store<f64>(at + ((<usize>place) << 3), number);
    }
  }
}
