// What the HTTP API says of recordings (signalling/recording_views.py).
import type { RecordingView } from "./types";

export interface MarkerView {
  at_s: number;
  at: string;
  text: string;
  category: string;
  endpoint_id: string;
  endpoint_name: string;
  by: string;
}

export interface TurnView {
  endpoint_id: string;
  endpoint_name: string;
  start_s: number;
  end_s: number;
}

export interface GapView {
  cause: string;
  endpoint_id: string;
  endpoint_name: string;
  start_s: number;
  end_s: number;
  count: number;
}

export interface PauseView {
  kind: "pause" | "interrupt";
  start_s: number;
  end_s: number;
}

export interface TimelineView {
  markers: MarkerView[];
  turns: TurnView[];
  gaps: GapView[];
  pauses: PauseView[];
}

export interface RecordingList {
  recordings: RecordingView[];
  total: number;
}

export interface Filters {
  from: string;
  to: string;
  place: string;
  endpoint: string;
  person: string;
  kind: string;
  text: string;
}

export const NO_FILTERS: Filters = { from: "", to: "", place: "", endpoint: "", person: "", kind: "", text: "" };

/** The address of a search; what is empty is left out. */
export function searchPath(filters: Filters, limit: number): string {
  const asked = Object.entries(filters).filter(([, value]) => value.trim());
  return `/recordings?${new URLSearchParams([...asked, ["limit", String(limit)]]).toString()}`;
}
