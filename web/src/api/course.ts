// A session's plan and course (signalling/course_views.py).
import type { SessionState } from "./types";

export interface Person {
  name: string;
  office: string;
}

export interface PlanView {
  host_organisation: string;
  competent_level: "" | "trung_uong" | "tinh" | "xa" | "so_nganh";
  coordinating_bodies: string[];
  chair_name: string;
  chair_office: string;
  secretary: string;
  operators: string[];
  matter_class: number | null;
  reason_online: "" | "dich_benh_thien_tai" | "nhieu_cap_xa_dia_ly" | "khong_the_truc_tiep" | "khac";
  reason_online_note: string;
  group_size: number;
  representatives: number;
  appointment_paper: boolean;
  planned_start: string | null;
  planned_minutes: number | null;
  no_state_secrets: boolean;
  retention: "" | "vinh_vien" | "15_nam" | "5_nam" | "chay_thu_30_ngay";
  note: string;
  approval: {
    name: string;
    office: string;
    document_no: string;
    oral: boolean;
    at: string | null;
    by: string;
  } | null;
}

export interface Unmet {
  code: string;
  vi: string;
  en: string;
  place: string;
  endpoint_id: string | null;
}

export interface ScriptItem {
  id: string;
  title: string;
  speaker: string;
  minutes: number;
  layout: string;
  documents: string[];
  state: "pending" | "running" | "done" | "waived";
  started_at: string | null;
  ended_at: string | null;
  reason: string;
  by: string;
}

export interface Course {
  id: string;
  state: SessionState;
  version: number;
  course: "regular" | "ad_hoc" | "rehearsal";
  next: string | null;
  actions: { action: string; unmet: Unmet[] }[];
  warnings: Unmet[];
  endpoints: number;
  recommended_operators: number;
  checks: {
    endpoint_id: string;
    name: string;
    result: "pass" | "warn" | "fail" | "missing" | "waived";
    by: string;
    reason: string;
    at: string | null;
  }[];
  marks: { mark: string; subject: string; by: string; at: string; detail: string }[];
  script: ScriptItem[];
  disk_free_bytes: number;
  disk_needed_bytes: number;
}

export interface SessionEvent {
  id: number;
  at: string;
  kind: string;
  endpoint_id: string | null;
  actor: string;
  version: number;
  facts: Record<string, unknown>;
}
