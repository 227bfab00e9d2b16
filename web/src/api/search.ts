// What the HTTP API says of found sessions and their files (signalling/search_api.py).
import type { Scan, Signature } from "./archive";
import type { PlanView, ScriptItem } from "./course";

export interface Hit {
  kind: "session" | "citizen" | "note" | "matter" | "conclusion" | "document" | "minutes" | "marker";
  text: string;
  at: string | null;
  at_s: number | null;
}

export interface FoundSession {
  id: string;
  code: string;
  title: string;
  kind: string;
  state: string;
  when: string;
  host: string;
  chair_name: string;
  chair_office: string;
  matter_class: number | null;
  endpoints: string[];
  hits: Hit[];
  recording: boolean;
  may_open: boolean;
}

export interface SearchResult {
  found: FoundSession[];
  total: number;
  private: boolean;
}

export interface SessionFile {
  id: string;
  code: string;
  title: string;
  kind: string;
  state: string;
  started_at: string | null;
  ended_at: string | null;
  plan: PlanView;
  endpoints: string[];
  script: ScriptItem[];
  citizens: {
    name: string;
    birth_year: number | null;
    id_number: string;
    address: string;
    capacity: string;
    endpoint: string;
  }[];
  notes: { at: string | null; endpoint: string; speaker: string; kind: string; text: string; author: string }[];
  matters: { item: string; kind: string; summary: string; handling: string; outcome: string; result: string }[];
  conclusions: { task: string; owner: string; deadline: string | null; done_at: string | null }[];
  documents: {
    id: string;
    name: string;
    media_type: string;
    bytes: number;
    pages: number | null;
    form: string;
    from_whom: string;
    at: string | null;
    sha256: string;
  }[];
  minutes_number: string;
  minutes_final: boolean;
  signatures: Signature[];
  scans: Scan[];
  document: string;
}

export interface Asked {
  q: string;
  from: string;
  to: string;
  site: string;
  class: string;
  chair: string;
  citizen: string;
  kind: string;
  state: string;
  sort: string;
}

export const NOTHING: Asked = {
  q: "",
  from: "",
  to: "",
  site: "",
  class: "",
  chair: "",
  citizen: "",
  kind: "",
  state: "",
  sort: "",
};

export function searchPath(asked: Asked, offset: number, limit: number): string {
  const given = Object.entries(asked).filter(([, value]) => value.trim());
  const query = new URLSearchParams([...given, ["offset", String(offset)], ["limit", String(limit)]]);
  return `/search?${query.toString()}`;
}
