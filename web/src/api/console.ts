// GET /sessions/{id}/console (signalling/console_views.py), and the last minutes kept together on the page.

export type Cause = "endpoint_line" | "site_line" | "device" | "server";

export interface Trouble {
  endpoint_id: string | null;
  cause: Cause;
  symptom: string;
  remedy: string;
  confidence: number;
  since: number;
  numbers: Record<string, number>;
}

export interface PictureView {
  endpoint_id: string;
  source: string;
  place: string;
  state: string;
  layer: number;
  rid: string;
  width: number;
  height: number;
  shown_pixels: number;
  why: "" | "line" | "profile" | "site" | "waiting" | "source" | "measuring";
}

export interface EndpointDetail {
  id: string;
  line_bps: number;
  wanted_bps: number;
  asked_up_bps: number;
  asked: string[];
  pictures: PictureView[];
  browser: {
    available_up_bps: number | null;
    limited_cpu: number;
    limited_bandwidth: number;
    capture_fps: number | null;
    frames_per_second: number | null;
    decode_dropped: number;
    voice_gaps: number;
    jitter_ms: number;
  } | null;
}

export interface Rows {
  times: number[];
  columns: Record<string, (number | null)[]>;
}

export interface SiteBar {
  used_bps: number;
  reserved_bps: number;
  limit_bps: number;
  line_bps: number;
  wanted_bps: number;
  sent_bps: number;
}

export interface ConsoleView {
  now: number;
  delay_ms: number;
  site: SiteBar;
  troubles: Trouble[];
  endpoints: EndpointDetail[];
  site_history: Rows;
  history: Record<string, Rows>;
}

const KEPT_S = 600;

/** The rows there were and the new ones, no older than the last minutes. */
export function joined(before: Rows | undefined, more: Rows): Rows {
  const last = before?.times.at(-1) ?? Number.NEGATIVE_INFINITY;
  const fresh = more.times.findIndex((at) => at > last);
  if (before && fresh < 0) return before;
  const oldest = (more.times.at(-1) ?? 0) - KEPT_S;
  const times = [...(before?.times ?? []), ...more.times.slice(fresh)];
  const first = times.findIndex((at) => at > oldest);
  const columns = Object.fromEntries(
    Object.entries(more.columns).map(([name, column]) => [
      name,
      [...(before?.columns[name] ?? []), ...column.slice(fresh)].slice(first),
    ]),
  );
  return { times: times.slice(first), columns };
}

/** The newest view with all rows that the page has heard of. */
export function merged(before: ConsoleView | null, view: ConsoleView): ConsoleView {
  return {
    ...view,
    site_history: joined(before?.site_history, view.site_history),
    history: Object.fromEntries(
      Object.entries(view.history).map(([id, rows]) => [id, joined(before?.history[id], rows)]),
    ),
  };
}
