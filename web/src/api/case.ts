// A session's case and documents (signalling/case_views.py, signalling/document_views.py).
export const CAPACITIES = [
  "nguoi_khieu_nai",
  "dai_dien",
  "uy_quyen",
  "luat_su",
  "tro_giup_phap_ly",
  "phien_dich",
  "khac",
] as const;
export const TIMES = ["lan_dau", "nhieu_lan"] as const;
export const MATTER_KINDS = ["khieu_nai", "kien_nghi_phan_anh", "khac"] as const;
export const HANDLINGS = ["thu_ly", "huong_dan", "chuyen_don", "tra_don", "khac"] as const;
export const OUTCOMES = ["da_ket_luan", "huong_dan", "chuyen", "thu_ly", "tu_choi", "tiep_truc_tiep", "khac"] as const;
export const GROUNDS = ["say_mat_nang_luc", "de_doa_vi_pham", "da_giai_quyet", "khac"] as const;
export const NOTE_KINDS = ["noi_dung", "y_kien", "trao_doi", "ghi_chu", "gop_y"] as const;
export const VISIBILITIES = ["chu_tri", "co_quan", "tat_ca"] as const;
export type NoteKind = (typeof NOTE_KINDS)[number];
export type Visibility = (typeof VISIBILITIES)[number];

export interface Citizen {
  id: string;
  endpoint_id: string;
  item_id: string;
  name: string;
  birth_year: number | null;
  id_number: string;
  masked: boolean;
  id_unreadable: boolean;
  address: string;
  capacity: (typeof CAPACITIES)[number];
  times: (typeof TIMES)[number];
  paper: string;
  checked_by: string;
  checked_at: string | null;
  acknowledged_at: string | null;
  notice_version: string;
  note: string;
}

export interface Matter {
  item_id: string;
  kind: string;
  summary: string;
  resolved_by: string;
  handling: string;
  result: string;
  outcome: string;
  refusal_ground: string;
  follow_up: string;
  note: string;
  by: string;
  changed_at: string | null;
}

export interface Note {
  id: string;
  item_id: string;
  at: string;
  record_s: number | null;
  endpoint_id: string;
  speaker: string;
  kind: NoteKind;
  text: string;
  author: string;
  edited_at: string | null;
}

/** A marker of the recording (signalling/marker_api.py). */
export interface Mark {
  at: string;
  text: string;
  category: string;
  endpoint_id: string | null;
  by: string;
}

export interface Conclusion {
  id: string;
  item_id: string;
  task: string;
  owner: string;
  deadline: string | null;
  overdue: boolean;
  done_at: string | null;
  done_note: string;
  by: string;
}

export interface Case {
  read_only: string;
  now: { at: string; item_id: string; endpoint_id: string; speaker: string };
  started_at: string | null;
  citizens: Citizen[];
  matters: Matter[];
  notes: Note[];
  conclusions: Conclusion[];
  warnings: { code: string; vi: string; en: string; citizen_id: string }[];
}

export interface CaseDocument {
  id: string;
  item_id: string;
  name: string;
  media_type: string;
  bytes: number;
  sha256: string;
  pages: number | null;
  form: "ban_goc" | "ban_sao";
  from_whom: string;
  endpoint_id: string;
  received_by: string;
  at: string;
  visibility: Visibility;
  endpoints: string[] | null;
  removed_at: string | null;
  removed_by: string;
  removed_reason: string;
  may_open: boolean;
}

export interface DocumentList {
  documents: CaseDocument[];
  shown: { document_id: string; page: number; by: string; since: string | null; rooms: string[] } | null;
  rooms_may: boolean;
  max_bytes: number;
}
