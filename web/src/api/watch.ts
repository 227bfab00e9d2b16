// GET /sessions/{id}/watch and /playbooks (signalling/incident_views.py).
import { language } from "../i18n";
import { type Loaded, useApi } from "./useApi";

export interface Words {
  vi: string;
  en: string;
}

export type IncidentKind = "picture" | "sound" | "connection" | "recording" | "power" | "disorder" | "other";

export interface AlarmView {
  id: string;
  kind: string;
  level: "critical" | "warning" | "notice";
  endpoint_id: string | null;
  since: string;
  over_at: string | null;
  owner: string;
  done_at: string | null;
  done_by: string;
  note: string;
  reported_by: string;
  playbook: IncidentKind;
  /** "chapter#anchor" of the help. */
  help: string;
  state: Words;
  cause: Words;
  action: Words;
}

export interface Incident {
  id: string;
  kind: IncidentKind;
  endpoint_id: string | null;
  alarm_id: string | null;
  opened_at: string;
  opened_by: string;
  entries: { at: string; by: string; step: string; text: string }[];
  closed_at: string | null;
  closed_by: string;
  outcome: string;
  violation: Violation | null;
}

/** The record of a violation of the rules. */
export interface Violation {
  persons: string;
  conduct: string;
  measures: string;
  witnesses: string;
  by: string;
  at: string | null;
}

export const CAPACITIES = [
  "chair",
  "official",
  "citizen",
  "representative",
  "authorised",
  "interpreter",
  "secretary",
  "technician",
  "other",
] as const;

export interface Person {
  name: string;
  capacity: (typeof CAPACITIES)[number];
  office: string;
  present: boolean | null;
}

export interface WatchView {
  alarms: AlarmView[];
  past: AlarmView[];
  incidents: Incident[];
  announcements: { id: string; text: string; at: string; by: string; endpoint_id: string | null }[];
  attendance: {
    rooms: Record<string, { people: Person[]; called_at: string | null; called_by: string }>;
    present_count: number;
    connected: string[];
    /** Of rooms that were not called yet. */
    proposed: Record<string, { people: Person[]; called_at: string | null; called_by: string }>;
  };
}

export interface PlaybookView {
  kind: IncidentKind;
  title: Words;
  help: string;
  steps: { key: string; action: string; text: Words }[];
}

/** In the page's language. */
export function said(words: Words): string {
  return words[language()];
}

export function useWatch(sessionId: string, running: boolean): Loaded<WatchView> {
  return useApi<WatchView>(`/sessions/${sessionId}/watch`, running ? 1500 : 0);
}

export function usePlaybooks(): PlaybookView[] {
  return useApi<{ playbooks: PlaybookView[] }>("/playbooks").data?.playbooks ?? [];
}
