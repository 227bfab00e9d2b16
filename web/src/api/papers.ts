// Papers of a session and reports of a period (signalling/papers_views.py).
import { request } from "./client";

export type PaperFormat = "docx" | "pdf" | "xlsx" | "csv";

export interface PaperView {
  kind: string;
  title: string;
  title_en: string;
  path: string;
  formats: PaperFormat[];
  count: number | null;
  why_not: string;
  why_not_en: string;
}

export interface PaperList {
  papers: PaperView[];
  rooms: { endpoint_id: string; name: string; role: string }[];
  texts_version: string;
  no_pdf: string;
  no_pdf_en: string;
}

export interface FigureTable {
  key: string;
  title: string;
  note: string;
  columns: { key: string; title: string }[];
  rows: Record<string, string>[];
}

export interface Statistics {
  period: string;
  sessions: number;
  total: Record<string, number>;
  tables: FigureTable[];
  places: string[];
}

export interface ReportFilter {
  from: string;
  to: string;
  level: string;
  place: string;
  class: string;
  result: string;
}

export const NO_FILTER: ReportFilter = { from: "", to: "", level: "", place: "", class: "", result: "" };

export function reportQuery(filter: ReportFilter): URLSearchParams {
  return new URLSearchParams(Object.entries(filter).filter(([, value]) => value));
}

/** The file and the name under which it is to be saved. */
export async function fetchFile(path: string): Promise<{ content: Blob; name: string }> {
  const response = await request("GET", path);
  const told = response.headers.get("Content-Disposition") ?? "";
  return { content: await response.blob(), name: /filename="([^"]+)"/.exec(told)?.[1] ?? "van-ban" };
}
