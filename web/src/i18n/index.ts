import i18next from "i18next";
import { initReactI18next } from "react-i18next";
import { KEY, type Language, loadTexts, storedLanguage } from "./texts";

export type { Language } from "./texts";

export function language(): Language {
  return i18next.language === "en" ? "en" : "vi";
}

/** Turns to a language: its texts come first, so that no page ever shows keys. */
export async function setLanguage(next: Language): Promise<void> {
  localStorage.setItem(KEY, next);
  i18next.addResourceBundle(next, "translation", await loadTexts(next));
  await i18next.changeLanguage(next);
  document.documentElement.lang = next;
}

export async function startI18n(): Promise<void> {
  const stored = storedLanguage();
  document.documentElement.lang = stored;
  await i18next.use(initReactI18next).init({
    resources: { [stored]: { translation: await loadTexts(stored) } },
    lng: stored,
    fallbackLng: false, // both languages have the same keys
    interpolation: { escapeValue: false },
  });
}
