import i18next from "i18next";
import { initReactI18next } from "react-i18next";
import en from "./en.json";
import { parts } from "./parts";
import vi from "./vi.json";

const KEY = "diemcau.language";

export type Language = "vi" | "en";

export function language(): Language {
  return i18next.language === "en" ? "en" : "vi";
}

export function setLanguage(next: Language): void {
  localStorage.setItem(KEY, next);
  document.documentElement.lang = next;
  void i18next.changeLanguage(next);
}

export function startI18n(): void {
  const stored = localStorage.getItem(KEY) === "en" ? "en" : "vi";
  document.documentElement.lang = stored;
  void i18next.use(initReactI18next).init({
    resources: { vi: { translation: { ...vi, ...parts.vi } }, en: { translation: { ...en, ...parts.en } } },
    lng: stored,
    fallbackLng: "vi",
    interpolation: { escapeValue: false },
  });
}
