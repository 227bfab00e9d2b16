// What POST /api/v1/simulate hears and says (bandwidth/simulation/case.py and result.py); rates in bits/s.
export interface LineChange {
  at_s: number;
  who: string;
  up_mbps?: number | undefined;
  down_mbps?: number | undefined;
  loss_percent?: number | undefined;
}

export interface Question {
  profile: string;
  delegates: number;
  seconds: number;
  site_mbps?: number | undefined;
  delegate_mbps?: number | undefined;
  loss_percent: number;
  delay_ms: number;
  voices: number;
  changes: LineChange[];
}

export interface EndpointFigures {
  name: string;
  sends_bps: number;
  gets_bps: number;
  line_up_bps: number;
  line_down_bps: number;
  estimate_bps: number;
  stage_height: number;
  stage_motion: number;
  others_height: number;
  pictures: number;
  paused: number;
  voice_loss: number;
  packet_loss: number;
  queue_p95_ms: number;
  stage_standstill_s: number;
}

export interface Phase {
  from_s: number;
  to_s: number;
  settled_s: number;
  site_up_bps: number;
  site_used_bps: number;
  endpoints: EndpointFigures[];
}

export interface Curves {
  name: string;
  sends_bps: number[];
  gets_bps: number[];
  estimate_bps: number[];
  line_up_bps: number[];
  line_down_bps: number[];
  stage_height: number[];
  pictures: number[];
  queue_ms: number[];
  voice_loss: number[];
}

export interface Level {
  height: number;
  motion: number;
}

export interface Cut {
  at_bps: number;
  what: "stage" | "others" | "voices";
  before: Level;
  after: Level;
  rooms: number;
}

export interface CutList {
  line: "site" | "delegate";
  from_bps: number;
  stage: Level;
  others: Level;
  cuts: Cut[];
}

export interface Fits {
  every_picture: number;
  stage: number;
  most: number;
  limit: "site_up" | "site_down" | "delegate_up" | "delegate_down" | "several" | "none";
  complete: number;
}

export interface MeasuredRun {
  title_vi: string;
  title_en: string;
  measured_on: string;
  differences: { name: string; measured: number; simulated: number }[];
  worst_endpoint: string;
  worst_gets: number;
}

export interface Simulation {
  profile: string;
  case: { delegates: number; seconds: number };
  site_media_bps: number;
  phases: Phase[];
  times_s: number[];
  site_used_bps: number[];
  curves: Curves[];
  cuts: CutList[];
  fits: Fits;
  measured: MeasuredRun | null;
}
