// What the API says of technical checks (signalling/preflight_views.py).
export type Verdict = "pass" | "warn" | "fail" | "not_measured";
export type State = "pass" | "warn" | "fail" | "missing" | "waived";

export interface CheckView {
  key: string;
  verdict: Verdict;
  value: boolean | number | string | null;
  unit: string;
  required: boolean;
  manual: boolean;
  other_side: boolean;
  limits: {
    pass_from: number | null;
    pass_to: number | null;
    fail_below: number | null;
    fail_above: number | null;
  } | null;
  at: string | null;
  by: string;
  note: string;
  expired: boolean;
}

export interface SignatureView {
  name: string;
  at: string;
}

export interface ItemView {
  item: string;
  verdict: Verdict;
  waiver: (SignatureView & { reason: string }) | null;
  checks: CheckView[];
}

export interface AssessmentView {
  state: State;
  site: SignatureView | null;
  centre: SignatureView | null;
  expires_at: string | null;
  items: ItemView[];
}

export interface EndpointPreflight extends AssessmentView {
  endpoint_id: string;
  name: string;
  role: "central" | "delegate" | "observer";
  needed: boolean;
}

export interface JointView {
  id: string;
  phase: "none" | "waiting" | "running" | "done";
  begins_in_s: number;
  started_at: string | null;
  line_down_mbps: number;
  line_up_mbps: number;
  down_mbps: number;
  up_mbps: number;
  down_percent: number;
  up_percent: number;
  endpoints: {
    endpoint_id: string;
    state: string;
    asked_down_mbps: number;
    asked_up_mbps: number;
    values: Record<string, number | string>;
  }[];
}

export interface PreflightView {
  session_id: string;
  title: string;
  kind: string;
  profile: string;
  ready: boolean;
  blocking: string[];
  joint: JointView | null;
  oldest: { chromium: number; firefox: number };
  endpoints: EndpointPreflight[];
}
