/** Texts of one feature each: vi/NAME.json and en/NAME.json hold what stands under the key NAME. */
type Texts = { [key: string]: string | Texts };

function byName(files: Record<string, { default: Texts }>): Texts {
  return Object.fromEntries(
    Object.entries(files).map(([path, file]) => [path.replace(/^.*\/|\.json$/g, ""), file.default]),
  );
}

export const parts = {
  vi: byName(import.meta.glob<{ default: Texts }>("./vi/*.json", { eager: true })),
  en: byName(import.meta.glob<{ default: Texts }>("./en/*.json", { eager: true })),
};
