// What the HTTP API says (signalling/views.py, signalling/recording_views.py).
import type { Person, PlanView } from "./course";
import type { MarkerView, TimelineView } from "./recordings";

export type SessionState =
  | "draft"
  | "awaiting_approval"
  | "scheduled"
  | "technical_check"
  | "ready"
  | "live"
  | "paused"
  | "interrupted"
  | "ended"
  | "archived"
  | "postponed"
  | "cancelled";

export const OVER: readonly SessionState[] = ["ended", "archived", "cancelled"];

export interface Numbers {
  up_bps: number;
  down_bps: number;
  estimate_bps: number;
  loss_up: number;
  loss_down: number;
  rtt_ms: number | null;
  jitter_ms: number;
  protocol: string;
  remote_address: string;
  layers: string[];
  pictures_received: number;
  pictures_paused: number;
}

export interface EndpointView {
  id: string;
  name: string;
  role: "central" | "delegate" | "observer";
  registered_id: string | null;
  organisation: string;
  people: Person[];
  state: "invited" | "waiting" | "connecting" | "connected" | "private" | "reconnecting" | "left" | "removed";
  join_url: string;
  microphone: boolean;
  camera: boolean;
  screen: boolean;
  locked: boolean;
  speaking: boolean;
  /** How loud its voice is now, 0 to 1. */
  level: number;
  wide: boolean;
  quality: "good" | "fair" | "poor" | "unknown";
  flowing: boolean;
  stats: Numbers | null;
  profile: string | null;
  cap_up_bps: number | null;
  cap_down_bps: number | null;
  limits: { up_bps: number; down_bps: number; minimum_bps: number } | null;
  guest: boolean;
  link_state: "good" | "expired" | "revoked";
  link_expires_at: string;
}

export interface SessionView {
  id: string;
  number: string;
  version: number;
  plan: PlanView;
  title: string;
  kind: "dinh_ky" | "dot_xuat" | "vu_viec" | "rehearsal";
  profile: string;
  profile_fault: string;
  state: SessionState;
  created_at: string;
  started_at: string | null;
  ended_at: string | null;
  spotlight: string | null;
  speaker: string | null;
  recording: {
    state: "off" | "recording" | "fault" | "finishing" | "done";
    seconds: number;
    bytes: number;
    free_bytes: number;
    dropped_packets: number;
    fault: string;
    warning: "" | "disk_low" | "disk_critical" | "disk_failed" | "second_disk";
    hours_left: number | null;
    head: string;
    seal_short: string;
  };
  site: { used_bps: number; limit_bps: number; in_used_bps: number; in_limit_bps: number };
  endpoints: EndpointView[];
}

export interface ProfileView {
  name: string;
  title_vi: string;
  title_en: string;
  shipped: boolean;
  ok: boolean;
  fault: string;
}

export interface TrackView {
  name: string;
  endpoint_id: string;
  endpoint_name: string;
  source: string;
  url: string;
  start_offset_s: number;
  duration_s: number;
  kind: "video" | "audio";
  width: number;
  height: number;
  audio: boolean;
}

export interface RecordingView {
  id: string;
  title: string;
  kind: string;
  state: "done" | "finishing" | "recording";
  started_at: string | null;
  ended_at: string | null;
  duration_s: number;
  bytes: number;
  seal: string;
  seal_short: string;
  endpoints: string[];
  places: string[];
  persons: string[];
  found: MarkerView[];
  tracks: TrackView[];
  timeline: TimelineView | null;
}

export interface VerifyReport {
  verdict: "whole" | "not_sealed" | "faulty";
  seal: string;
  faults: {
    kind: "altered" | "truncated" | "reordered" | "missing" | "added" | "chain" | "key";
    file: string;
    at: string;
    until: string;
    detail: string;
  }[];
}
