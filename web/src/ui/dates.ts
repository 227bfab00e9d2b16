// Days and times as people here write them (30/11/2026 14:00), and as forms keep them (2026-11-30T14:00). Pure.

const DAY = /^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})$/;
const ISO_DAY = /^(\d{4})-(\d{2})-(\d{2})$/;
const TIME = /^(\d{1,2})(?::|h|g)(\d{2})?$/;

/** "2026-11-30T14:00" as "30/11/2026 14:00", "2026-11-30" as "30/11/2026"; what is neither comes back as it is. */
export function shown(value: string): string {
  const [day = "", time = ""] = value.split("T");
  const found = ISO_DAY.exec(day);
  if (!found) return value;
  return `${found[3]}/${found[2]}/${found[1]}${time ? ` ${time.slice(0, 5)}` : ""}`;
}

/** What was typed, as the form keeps it: "" for nothing, null for what is no day (or lacks the time that is wanted). */
export function read(text: string, withTime: boolean): string | null {
  const words = text.trim().replace(",", " ").replace("T", " ").split(/\s+/).filter(Boolean);
  if (!words.length) return "";
  if (words.length > 2 || (withTime ? words.length < 2 : words.length > 1)) return null;
  const day = words.map(dayOf).find(Boolean);
  if (!day) return null;
  if (!withTime) return day;
  const time = words.map(timeOf).find(Boolean);
  return time ? `${day}T${time}` : null;
}

function dayOf(word: string): string | null {
  const iso = ISO_DAY.exec(word);
  const local = DAY.exec(word);
  const parts = iso ? [iso[1], iso[2], iso[3]] : local ? [local[3], local[2], local[1]] : null;
  if (!parts) return null;
  const [year, month, day] = parts.map(Number) as [number, number, number];
  const at = new Date(Date.UTC(year, month - 1, day));
  const there = at.getUTCFullYear() === year && at.getUTCMonth() === month - 1 && at.getUTCDate() === day;
  return there ? at.toISOString().slice(0, 10) : null;
}

function timeOf(word: string): string | null {
  const found = TIME.exec(word);
  if (!found) return null;
  const [hour, minute] = [Number(found[1]), Number(found[2] ?? 0)];
  return hour < 24 && minute < 60 ? `${String(hour).padStart(2, "0")}:${String(minute).padStart(2, "0")}` : null;
}
