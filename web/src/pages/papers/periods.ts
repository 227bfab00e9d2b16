/** Periods that are asked for most, as first and last day (2026-11-01). */
export type Period = "month" | "lastMonth" | "quarter" | "year";
export const PERIODS: Period[] = ["month", "lastMonth", "quarter", "year"];

function day(year: number, month: number, date: number): string {
  return new Date(Date.UTC(year, month, date)).toISOString().slice(0, 10);
}

/** today: in Vietnam, as 2026-11-30. */
export function periodDays(period: Period, today: string): { from: string; to: string } {
  const [year = 0, month = 1] = today.split("-").map(Number);
  const first = month - 1;
  switch (period) {
    case "month":
      return { from: day(year, first, 1), to: day(year, first + 1, 0) };
    case "lastMonth":
      return { from: day(year, first - 1, 1), to: day(year, first, 0) };
    case "quarter": {
      const begins = first - (first % 3);
      return { from: day(year, begins, 1), to: day(year, begins + 3, 0) };
    }
    case "year":
      return { from: day(year, 0, 1), to: day(year, 12, 0) };
  }
}

/** The day in Vietnam now. */
export function todayInVietnam(now: Date = new Date()): string {
  return new Intl.DateTimeFormat("en-CA", { timeZone: "Asia/Ho_Chi_Minh" }).format(now);
}
