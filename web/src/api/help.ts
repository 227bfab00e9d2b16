// GET /help, /help/chapters/{chapter}, /help/search (signalling/help_api.py). They need no token.
import { useTranslation } from "react-i18next";
import { matchPath } from "react-router";
import { type Loaded, useApi } from "./useApi";

export interface ChapterEntry {
  id: string;
  title: string;
  summary: string;
}

export interface HelpContents {
  language: "vi" | "en";
  groups: { id: string; title: string; chapters: ChapterEntry[] }[];
  /** Route of the app → "chapter" or "chapter#anchor"; "*": every other. */
  pages: Record<string, string>;
  roles: Record<string, string>;
}

export interface ChapterView {
  id: string;
  title: string;
  html: string;
  sections: { anchor: string; title: string; level: number }[];
  html_url: string;
  pdf_url: string;
}

export interface Hit {
  chapter: string;
  anchor: string;
  title: string;
  section: string;
  excerpt: string;
}

/** "chapter#anchor", in two. */
export interface Target {
  chapter: string;
  anchor: string;
}

export function targetOf(text: string): Target {
  const [chapter = "", anchor = ""] = text.replace(/^\/help\//, "").split("#");
  return { chapter, anchor };
}

/** What the help has on a page of the app. The most exact route counts: "/sessions/new" before "/sessions/:id". */
export function pageTarget(contents: HelpContents, path: string): Target {
  const routes = Object.keys(contents.pages).filter((route) => route !== "*" && matchPath(route, path));
  routes.sort((a, b) => a.split(":").length - b.split(":").length);
  return targetOf(contents.pages[routes[0] ?? "*"] ?? "");
}

export function useContents(): Loaded<HelpContents> {
  const { i18n } = useTranslation();
  return useApi<HelpContents>(`/help?lang=${i18n.language}`);
}

export function useChapter(name: string): Loaded<ChapterView> {
  const { i18n } = useTranslation();
  return useApi<ChapterView>(`/help/chapters/${encodeURIComponent(name)}?lang=${i18n.language}`);
}

export function useHits(words: string): Loaded<{ hits: Hit[] }> {
  const { i18n } = useTranslation();
  return useApi<{ hits: Hit[] }>(`/help/search?lang=${i18n.language}&q=${encodeURIComponent(words)}`);
}
