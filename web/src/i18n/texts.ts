// The texts of one language at a time: the other one is loaded when somebody turns to it.
export type Language = "vi" | "en";

/** Texts by key; those of a feature stand under its name. */
export type Texts = { [key: string]: string | Texts };

export const KEY = "diemcau.language";

const LOAD: Record<Language, () => Promise<Texts>> = {
  vi: () => import("./vi").then((file) => file.texts),
  en: () => import("./en").then((file) => file.texts),
};
const coming: Partial<Record<Language, Promise<Texts>>> = {};

/** The language chosen on this computer, Vietnamese until one is. */
export function storedLanguage(): Language {
  return localStorage.getItem(KEY) === "en" ? "en" : "vi";
}

export function loadTexts(language: Language): Promise<Texts> {
  coming[language] ??= LOAD[language]();
  return coming[language];
}
