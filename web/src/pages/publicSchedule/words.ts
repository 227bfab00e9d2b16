// Days and times of receptions, in Vietnam.
import { locale } from "../../ui/format";

const HERE = "Asia/Ho_Chi_Minh";

/** "Thứ Hai, 30/11/2026". */
export function dayOf(text: string): string {
  const date = new Date(text);
  const weekday = new Intl.DateTimeFormat(locale(), { weekday: "long", timeZone: HERE }).format(date);
  const day = new Intl.DateTimeFormat(locale(), {
    day: "2-digit",
    month: "2-digit",
    year: "numeric",
    timeZone: HERE,
  }).format(date);
  return `${weekday}, ${day}`;
}

/** "08:00". */
export function timeOf(text: string): string {
  return new Intl.DateTimeFormat(locale(), {
    hour: "2-digit",
    minute: "2-digit",
    hour12: false,
    timeZone: HERE,
  }).format(new Date(text));
}
