// Timers by the server's clock (pure): a room's computer may be minutes off.
/** How far the server's clock is ahead of this computer's (`here`, Unix ms), in ms. */
export function clockOffset(serverNow: string, here: number): number {
  return Date.parse(serverNow) - here;
}

/** "4:05", "-0:30": minutes and seconds that are left; negative: over the time. */
export function clock(seconds: number): string {
  const whole = Math.abs(Math.trunc(seconds));
  const text = `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
  return seconds <= -1 ? `-${text}` : text;
}

/** What a waiting page says: the session's state, and whether it should have begun by now. */
export type Waiting = "soon" | "late" | "live" | "paused" | "interrupted" | "over";

const LATE_MS = 5 * 60_000;

export function waitingFor(state: string, startsAt: string | null, now: number): Waiting {
  if (state === "live" || state === "paused" || state === "interrupted") return state;
  if (state === "ended" || state === "archived" || state === "cancelled" || state === "postponed") return "over";
  return startsAt !== null && now - Date.parse(startsAt) > LATE_MS ? "late" : "soon";
}

export type TimeLeft = { days: number; hours: number; minutes: number; seconds: number };

/** From `now` (Unix ms) until a moment; null once it has come. */
export function timeLeft(until: string, now: number): TimeLeft | null {
  const left = Math.ceil((Date.parse(until) - now) / 1000);
  if (!(left > 0)) return null;
  return {
    days: Math.floor(left / 86_400),
    hours: Math.floor(left / 3600) % 24,
    minutes: Math.floor(left / 60) % 60,
    seconds: left % 60,
  };
}
