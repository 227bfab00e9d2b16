// Numbers and times as people here write them.
import { language } from "../i18n";

export const locale = () => (language() === "vi" ? "vi-VN" : "en-GB");

export function mbps(bps: number): string {
  const small = bps > 0 && bps < 1e6;
  return (bps / 1e6).toLocaleString(locale(), {
    minimumFractionDigits: small ? 2 : 0,
    maximumFractionDigits: small ? 2 : 1,
  });
}

export function bytes(count: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let value = count;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${value.toLocaleString(locale(), { maximumFractionDigits: value < 10 && unit > 0 ? 1 : 0 })} ${units[unit]}`;
}

export function duration(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const parts = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  return parts.map((part) => String(part).padStart(2, "0")).join(":");
}

const DAY_AND_TIME = {
  day: "2-digit",
  month: "2-digit",
  year: "numeric",
  hour: "2-digit",
  minute: "2-digit",
  timeZone: "Asia/Ho_Chi_Minh",
  hour12: false,
} as const;

/** A format is costly to make and long lists need it for each line: one for each language. */
function formatter(options: Intl.DateTimeFormatOptions): (at: Date) => string {
  const made = new Map<string, Intl.DateTimeFormat>();
  return (at) => {
    const format = made.get(locale()) ?? new Intl.DateTimeFormat(locale(), options);
    made.set(locale(), format);
    return format.format(at);
  };
}

const inMinutes = formatter(DAY_AND_TIME);
const inSeconds = formatter({ ...DAY_AND_TIME, second: "2-digit" });

export function dateTime(text: string | null): string {
  return text ? inMinutes(new Date(text)) : "";
}

/** With seconds: what stands in a log. */
export function exactTime(text: string): string {
  return inSeconds(new Date(text));
}

export function percent(share: number): string {
  return `${(100 * share).toLocaleString(locale(), { maximumFractionDigits: 1 })} %`;
}

/** "2 giờ 10 phút": how long a disk lasts. */
export function hoursLeft(hours: number | null): string {
  if (hours === null) return "–";
  const unit = (value: number, name: "hour" | "minute") =>
    new Intl.NumberFormat(locale(), { style: "unit", unit: name, unitDisplay: "long" }).format(value);
  const minutes = Math.floor(hours * 60);
  if (minutes >= 600) return unit(Math.floor(hours), "hour");
  const whole = Math.floor(minutes / 60);
  const rest = whole > 0 && minutes % 60 === 0 ? "" : unit(minutes % 60, "minute");
  return `${whole > 0 ? unit(whole, "hour") : ""} ${rest}`.trim();
}

/** "14:00". */
export function timeOfDay(text: string): string {
  return new Intl.DateTimeFormat(locale(), {
    hour: "2-digit",
    minute: "2-digit",
    timeZone: "Asia/Ho_Chi_Minh",
    hour12: false,
  }).format(new Date(text));
}

/** "30/11/2026". */
export function day(text: string): string {
  return new Intl.DateTimeFormat(locale(), {
    day: "2-digit",
    month: "2-digit",
    year: "numeric",
    timeZone: "Asia/Ho_Chi_Minh",
  }).format(new Date(text));
}
