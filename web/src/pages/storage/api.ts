// What the HTTP API says of storage (signalling/storage_views.py).

export interface Disk {
  path: string;
  role: "recordings" | "second" | "external";
  source: string;
  kind: string;
  total_bytes: number;
  free_bytes: number;
  hours_left: number | null;
  level: "" | "low" | "critical";
  removable: boolean;
  read_only: boolean;
  same_disk: boolean;
  busy: string[];
}

export interface Job {
  id: string;
  kind: "copy" | "destroy" | "fixity";
  recording: string;
  title: string;
  target: string;
  state: "waiting" | "running";
  tries: number;
  error: string;
  created_at: string;
  next_at: string | null;
  done_bytes: number;
  bytes: number;
}

export interface Overview {
  disks: Disk[];
  jobs: Job[];
  store: {
    configured: boolean;
    name: string;
    automatic: boolean;
    copies: number;
    waiting: number;
    waiting_bytes: number;
    oldest_waiting_at: string | null;
    error: string;
  };
  fixity: {
    at: string | null;
    ended_at: string | null;
    checked: number;
    whole: number;
    not_sealed: string[];
    faulty: string[];
    missing: string[];
    nightly: boolean;
    hour: number;
  };
  hours_left: number | null;
  bytes_per_hour: number;
  warn_hours: number;
  critical_hours: number;
  alarms: { code: string; level: "critical" | "warning"; vi: string; en: string }[];
}

export interface PersonAt {
  name: string;
  role: string;
  at: string;
  reason: string;
}

export type RetentionClass = "vinh_vien" | "15_nam" | "5_nam" | "chay_thu_30_ngay";

export interface Copy {
  target: string;
  state: "copying" | "waiting" | "verified" | "failed";
  verified_at: string | null;
  same_disk: boolean;
  bytes: number;
  done_bytes: number;
  error: string;
}

export interface RecordingStorage {
  id: string;
  retention: RetentionClass;
  retention_set: PersonAt | null;
  classes: Record<RetentionClass, string | null>;
  kept_until: string | null;
  hold: PersonAt | null;
  deletion: {
    state: "requested" | "approved" | "done";
    automatic: boolean;
    requested: PersonAt;
    approved: PersonAt | null;
  } | null;
  destroy_refused_vi: string;
  destroy_refused_en: string;
  copies: Copy[];
  fixity_at: string | null;
  fixity_verdict: "" | "whole" | "not_sealed" | "faulty" | "missing";
  yourself: boolean;
}

export interface Destruction {
  id: string;
  title: string;
  started_at: string;
  ended_at: string;
  bytes: number;
  seal: string;
  files: { path: string; sha256: string; bytes: number }[];
  retention: RetentionClass;
  kept_until: string | null;
  automatic: boolean;
  requested: PersonAt;
  approved: PersonAt | null;
  copies: Record<string, "removed" | "left">;
  state: "begun" | "done";
  done_at: string | null;
}

export interface AccessLog {
  uses: {
    at: string;
    what: string;
    who: { name: string; role: string };
    purpose: string;
    result: string;
    number: number;
  }[];
  whole: boolean;
  fault: string;
}
