// What the HTTP API says of minutes and of a session's way into the archive (signalling/minutes_views.py, archive_views.py).

export type SignatureState = "chua_ky" | "da_ky" | "diem_chi" | "tu_choi_ky";

export interface Unmet {
  code: string;
  vi: string;
  en: string;
  place: string;
  endpoint_id: string | null;
}

export interface Signature {
  endpoint_id: string;
  endpoint: string;
  person: string;
  capacity: string;
  state: SignatureState;
  reason: string;
  at: string | null;
  entered_by: string;
  left_out: boolean;
}

export interface Scan {
  id: string;
  name: string;
  bytes: number;
  sha256: string;
  at: string;
  by: string;
  url: string;
}

export interface MinutesView {
  session_id: string;
  number: string;
  suggested_number: string;
  state: "draft" | "final";
  finalised_at: string | null;
  finalised_by: string;
  sha256: string;
  document: string;
  recording_hash: string;
  signatures: Signature[];
  missing: Unmet[];
  scans: Scan[];
}

export type MediumState =
  | "verified"
  | "checking"
  | "copying"
  | "waiting"
  | "outdated"
  | "failed"
  | "same_disk"
  | "none";

export interface Medium {
  target: string;
  kind: "original" | "disk" | "store";
  state: MediumState;
  verified_at: string | null;
  done_bytes: number;
  bytes: number;
  error: string;
}

export type RetentionClass = "vinh_vien" | "15_nam" | "5_nam" | "chay_thu_30_ngay";

export interface ArchiveView {
  session_id: string;
  code: string;
  title: string;
  kind: string;
  state: string;
  version: number;
  minutes_final: boolean;
  minutes_number: string;
  recording: "sealed" | "finishing" | "none";
  seal: string;
  package: { state: "none" | "stale" | "ready"; made_at: string | null; files: number; bytes: number; hash: string };
  media: Medium[];
  media_verified: number;
  media_needed: number;
  retention: "" | RetentionClass;
  kept_until: string | null;
  classes: Record<RetentionClass, string | null>;
  unmet: Unmet[];
  archived_at: string | null;
  archived_by: string;
}
