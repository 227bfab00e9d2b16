// What the HTTP API says of requests for recordings (signalling/exports_views.py).
import type { RecordingView } from "./types";

export type What = "package" | "mp4" | "extract" | "playback";
export type ExportState = "asked" | "approved" | "refused" | "making" | "failed" | "ready" | "expired";

export interface ExportRequest {
  id: string;
  session_id: string;
  code: string;
  title: string;
  what: What;
  from_ms: number;
  to_ms: number;
  purpose: string;
  asked_by: string;
  role: string;
  unit: string;
  asked_at: string | null;
  state: ExportState;
  decided_by: string;
  decided_at: string | null;
  reason: string;
  done_by: string;
  done_at: string | null;
  expires_at: string | null;
  fetched: number;
  fetched_at: string | null;
  mine: boolean;
  progress: number;
  error: string;
}

export interface ExportList {
  requests: ExportRequest[];
  days: number;
}

export interface GrantedPlayback {
  access: string;
  expires_at: string;
  recording: RecordingView;
}
