import { useDeferredValue } from "react";

const FIRST = 30;

/** A long list: as many rows as a screen shows at once, and all of them right after, so that the page need not wait for it. */
export function useRows<T>(rows: readonly T[]): readonly T[] {
  return useDeferredValue(rows, rows.slice(0, FIRST));
}
