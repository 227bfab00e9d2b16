// GET /sessions/{id}/room (signalling/room_views.py).
import { useMemo } from "react";
import { clockOffset } from "../endpoint/clock";
import { type Loaded, useApi } from "./useApi";

export type LayoutName = "one_plus" | "chair_speaker" | "grid" | "document";

export interface SeatView {
  endpoint_id: string;
  place: "waiting" | "room" | "private";
  asked: string[];
}

export interface TurnView {
  endpoint_id: string;
  started_at: string;
  due_at: string;
  minutes: number;
  ended_at: string | null;
}

export interface ScriptItemView {
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
}

export interface QueueView {
  hands: { endpoint_id: string; raised_at: string }[];
  turn: TurnView | null;
  past: TurnView[];
  minutes: number;
}

export interface RoomView {
  now: string;
  /** The countdown to the start ends then. */
  starting_at: string | null;
  lobby: boolean;
  seats: SeatView[];
  layout: LayoutName;
  queue: QueueView;
  script: ScriptItemView[];
  technician_pin: string;
  notice_version: string;
  notices: Record<string, { name: string; place: string; version: string; at: string }>;
  audio_only: string[];
  wide: string[];
  private: string[];
}

const EVERY_MS = 1000;

/** The room of a session, kept up to date while it runs. */
export function useRoom(sessionId: string, running: boolean): Loaded<RoomView> & { offsetMs: number } {
  const loaded = useApi<RoomView>(`/sessions/${sessionId}/room`, running ? EVERY_MS : 0);
  const { data } = loaded;
  const offsetMs = useMemo(() => (data ? clockOffset(data.now, Date.now()) : 0), [data]);
  return { ...loaded, offsetMs };
}
