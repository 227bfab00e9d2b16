// From verdicts to plain sentences: which translation, with which numbers.
import type { Trouble } from "../api/console";
import { mbps, percent } from "./format";

export interface Told {
  /** Endpoints that it is about, "" for the server itself. */
  names: string[];
  /** Keys under `trouble.`. */
  sentence: string;
  remedy: string;
  sureness: "sure" | "likely" | "maybe";
  values: Record<string, string | number>;
  trouble: Trouble;
}

const WIDE = new Set(["site_line", "server"]);

/**
 * One entry for each endpoint in trouble and one for each trouble that several share: the worst first, shared ones
 * before. `nameOf`: an endpoint's name.
 */
export function tell(troubles: Trouble[], nameOf: (id: string) => string): Told[] {
  const groups = new Map<string, Trouble[]>();
  for (const trouble of troubles) {
    const own = !WIDE.has(trouble.cause) || trouble.symptom === "full";
    const key = own ? `${trouble.endpoint_id}/${trouble.cause}/${trouble.symptom}` : shared(trouble);
    groups.set(key, [...(groups.get(key) ?? []), trouble]);
  }
  const told = [...groups.values()].map((group) => one(group, nameOf));
  return told.sort((a, b) => b.names.length - a.names.length || b.trouble.confidence - a.trouble.confidence);
}

/** What all feel together is told once, also where it shows in several ways. */
function shared(trouble: Trouble): string {
  return trouble.cause === "server" ? "server" : `site/${way(trouble.symptom)}`;
}

function way(symptom: string): "up" | "down" | "contact" {
  if (symptom === "no_contact" || symptom === "no_media") return "contact";
  return symptom.endsWith("_up") ? "up" : "down";
}

function one(group: Trouble[], nameOf: (id: string) => string): Told {
  const trouble = group.find((each) => each.endpoint_id === null) ?? (group[0] as Trouble);
  const ids = group.map((each) => each.endpoint_id).filter((id): id is string => id !== null);
  const names = [...new Set(ids)].map(nameOf);
  return {
    names,
    sentence: sentenceOf(trouble),
    remedy: trouble.remedy,
    sureness: trouble.confidence >= 0.8 ? "sure" : trouble.confidence >= 0.6 ? "likely" : "maybe",
    values: { ...valuesOf(trouble.numbers), name: names.join(", ") },
    trouble,
  };
}

export function sentenceOf(trouble: Trouble): string {
  const { cause, symptom } = trouble;
  if (cause === "server" && trouble.endpoint_id !== null) return "server.of_endpoint";
  if (cause === "site_line" && symptom !== "full" && way(symptom) === "up") return "site_line.up";
  return `${cause}.${symptom}`;
}

function valuesOf(numbers: Record<string, number>): Record<string, string | number> {
  const values: Record<string, string | number> = {};
  for (const [name, value] of Object.entries(numbers)) {
    if (name.endsWith("_bps")) values[name] = mbps(value);
    else if (SHARES.has(name)) values[name] = percent(value);
    else values[name] = Math.round(value);
  }
  const { troubled = 1, measured = 1 } = numbers;
  return { ...values, others: Math.max(0, measured - 1), fine: Math.max(0, measured - troubled) };
}

const SHARES = new Set(["loss_down", "loss_up", "limited_cpu", "decode_dropped", "voice_gaps"]);
