/** "1:02:03", "2:03" or "3.5" as seconds; null if it is no such time. */
export function clockSeconds(text: string): number | null {
  const found = /^(?:(?:(\d+):)?(\d{1,2}):)?(\d+(?:[.,]\d+)?)$/.exec(text.trim());
  if (!found) return null;
  const [, hours = "0", minutes = "0", seconds = "0"] = found;
  return 3600 * Number(hours) + 60 * Number(minutes) + Number(seconds.replace(",", "."));
}
