// What is measured, by the names of reception/preflight_checks.py.
export type Value = number | string | boolean;
export type Values = Record<string, Value>;

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

export const round = (value: number, digits: number): number => Number(value.toFixed(digits));

/** Something that was refused or went wrong, with words for people. */
export class MeasureError extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}
