// What this page witnessed of the recording: the newest hash of its signed chain, each minute. Kept on this machine, so
// that whoever holds the recorder's key cannot write a recording anew unnoticed.
import type { Evidence } from "../protocol/messages";

const KEY = "diemcau.witness.";
const KEPT = 600; // ten hours

export interface Witness {
  head: string;
  at: string;
}

/** Keep it with the earlier ones of that session; the newest is returned, for the page to show. */
export function keepWitness(sessionId: string, { head, at }: Evidence): Witness {
  const newest = { head, at };
  try {
    const before: Witness[] = JSON.parse(localStorage.getItem(KEY + sessionId) ?? "[]");
    localStorage.setItem(KEY + sessionId, JSON.stringify([...before, newest].slice(-KEPT)));
  } catch {
    // Storage is full or forbidden: the newest is still shown.
  }
  return newest;
}

/** As people read it: the first 16 digits in groups of four. */
export function shortHash(head: string): string {
  return (head.slice(0, 16).match(/.{1,4}/g) ?? []).join(" ");
}
