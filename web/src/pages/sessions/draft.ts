// A session as the form has it, and what is sent of it.
import type { PlanView, ScriptItem } from "../../api/course";
import type { SessionView } from "../../api/types";

export const KINDS = ["dinh_ky", "dot_xuat", "vu_viec", "rehearsal"] as const;
export type Kind = (typeof KINDS)[number];
export const MAX_REPRESENTATIVES = 5;

/** An endpoint of the form. id: of one that was invited already. people: one a line. */
export interface Seat {
  key: string;
  id: string | null;
  name: string;
  registeredId: string | null;
  organisation: string;
  people: string;
  /** Of another body, as the central government: its link lives shorter. */
  guest: boolean;
}

export type Item = Pick<ScriptItem, "id" | "title" | "speaker" | "minutes" | "layout" | "documents"> & { key: string };

export interface Draft {
  title: string;
  kind: Kind;
  profile: string;
  start: string;
  minutes: number | "";
  central: Seat;
  delegates: Seat[];
  observers: Seat[];
  plan: Omit<PlanView, "planned_start" | "planned_minutes" | "approval">;
  script: Item[];
}

let keys = 0;
export function newKey(): string {
  keys += 1;
  return `k${keys}`;
}

export function emptySeat(): Seat {
  return { key: newKey(), id: null, name: "", registeredId: null, organisation: "", people: "", guest: false };
}

export const EMPTY_PLAN: Draft["plan"] = {
  host_organisation: "",
  competent_level: "",
  coordinating_bodies: [],
  chair_name: "",
  chair_office: "",
  secretary: "",
  operators: [],
  matter_class: null,
  reason_online: "",
  reason_online_note: "",
  group_size: 0,
  representatives: 0,
  appointment_paper: false,
  no_state_secrets: false,
  retention: "",
  note: "",
};

/** "Phạm D, Chánh Thanh tra" a line: name and office. */
export function readPeople(text: string): { name: string; office: string }[] {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter(Boolean)
    .map((line) => {
      const [name = "", ...office] = line.split(",");
      return { name: name.trim(), office: office.join(",").trim() };
    })
    .filter((person) => person.name);
}

export function writePeople(people: { name: string; office: string }[]): string {
  return people.map((each) => (each.office ? `${each.name}, ${each.office}` : each.name)).join("\n");
}

const two = (value: number) => String(value).padStart(2, "0");
const VIETNAM_MS = 7 * 3600_000; // it knows no summer time

/** What a datetime-local field shows for a moment: Vietnam's clock, wherever the browser is. */
export function toField(moment: string | null): string {
  if (!moment) return "";
  const at = new Date(new Date(moment).getTime() + VIETNAM_MS);
  return `${at.getUTCFullYear()}-${two(at.getUTCMonth() + 1)}-${two(at.getUTCDate())}T${two(at.getUTCHours())}:${two(at.getUTCMinutes())}`;
}

export function fromField(field: string): string | null {
  return field ? `${field}:00+07:00` : null;
}

/** Whether an office is a deputy's, as the server sees it (reception/session_plan.py). */
export function isDeputy(office: string): boolean {
  return office.split(/\s+/).some((word) => word.replace(/^[.,]+|[.,]+$/g, "").toLowerCase() === "phó");
}

export function recommendedOperators(endpoints: number): number {
  return Math.max(1, Math.ceil(endpoints / 5));
}

const filled = (seats: Seat[]) => seats.filter((seat) => seat.name.trim());

export function planBody(draft: Draft) {
  return {
    ...draft.plan,
    planned_start: fromField(draft.start),
    planned_minutes: draft.minutes === "" ? null : draft.minutes,
  };
}

function seatBody(seat: Seat) {
  return {
    name: seat.name.trim(),
    registered_id: seat.registeredId,
    organisation: seat.organisation,
    people: readPeople(seat.people),
    guest: seat.guest,
  };
}

export function createBody(draft: Draft) {
  return {
    ...planBody(draft),
    title: draft.title,
    kind: draft.kind,
    profile: draft.profile,
    central: seatBody(draft.central),
    delegates: filled(draft.delegates).map(seatBody),
    observers: filled(draft.observers).map(seatBody),
  };
}

export function scriptBody(items: Item[]) {
  return items
    .filter((item) => item.title.trim())
    .map(({ id, title, speaker, minutes, layout, documents }) => ({
      id,
      title: title.trim(),
      speaker,
      minutes,
      layout,
      documents,
    }));
}

function seatOf(endpoint: SessionView["endpoints"][number]): Seat {
  return {
    key: endpoint.id,
    id: endpoint.id,
    name: endpoint.name,
    registeredId: endpoint.registered_id,
    organisation: endpoint.organisation,
    people: writePeople(endpoint.people),
    guest: endpoint.guest,
  };
}

export function draftOf(session: SessionView, script: ScriptItem[]): Draft {
  const { planned_start, planned_minutes, approval: _approval, ...plan } = session.plan;
  const of = (role: string) => session.endpoints.filter((each) => each.role === role).map(seatOf);
  return {
    title: session.title,
    kind: session.kind,
    profile: session.profile,
    start: toField(planned_start),
    minutes: planned_minutes ?? "",
    central: of("central")[0] ?? emptySeat(),
    delegates: of("delegate"),
    observers: of("observer"),
    plan,
    script: script.map((item) => ({ ...item, key: item.id })),
  };
}

/** What invited endpoints differ by: to be invited, to be removed, people to be named anew. */
export function seatChanges(before: SessionView, draft: Draft) {
  const seats = [...draft.delegates, ...draft.observers];
  const kept = new Set([draft.central.id, ...seats.map((seat) => seat.id)]);
  const role = (seat: Seat) => (draft.observers.includes(seat) ? "observer" : "delegate");
  return {
    invite: filled(seats)
      .filter((seat) => !seat.id)
      .map((seat) => ({ seat, role: role(seat) })),
    remove: before.endpoints.filter((each) => !kept.has(each.id)).map((each) => each.id),
    people: [draft.central, ...seats].filter((seat) => {
      const known = before.endpoints.find((each) => each.id === seat.id);
      return known !== undefined && writePeople(known.people) !== writePeople(readPeople(seat.people));
    }),
  };
}
