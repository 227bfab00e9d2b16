// What this device calls itself towards the server: a link is for one seat, and a device may come back to its own.
const KEY = "diemcau.device";

export function deviceName(): string {
  const known = localStorage.getItem(KEY);
  if (known) return known;
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  const name = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  localStorage.setItem(KEY, name);
  return name;
}
