import type { Texts } from "./texts";

/** What vi/NAME.json and en/NAME.json hold stands under the key NAME. */
export function byName(files: Record<string, { default: Texts }>): Texts {
  return Object.fromEntries(
    Object.entries(files).map(([path, file]) => [path.replace(/^.*\/|\.json$/g, ""), file.default]),
  );
}
