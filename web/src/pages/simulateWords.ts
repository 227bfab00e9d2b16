// From the simulator's figures to what is said about them: pure, so that it can be tested without a page.
import type { EndpointFigures, Level, Phase, Simulation } from "../api/simulation";

export const VOICE_LOSS = 0.02; // from here on words are missed
export const LATE_MS = 150; // of waiting: people begin to talk across each other (ITU-T G.114)

const NEARLY_ALWAYS = 0.95; // of the time

export type Trouble = "voice" | "noPicture" | "missing" | "late";

export interface Finding {
  trouble: Trouble;
  names: string[];
  fromS: number;
  toS: number;
  /** Share, pictures or milliseconds, of the worst of them. */
  worst: number;
}

/** What is wrong with what an endpoint gets, the worst first; null if nothing is. */
export function troubleOf(endpoint: EndpointFigures, delegates: number): [Trouble, number] | null {
  if (endpoint.voice_loss >= VOICE_LOSS) return ["voice", endpoint.voice_loss];
  if (!endpoint.stage_height) return ["noPicture", 0];
  if (endpoint.pictures < delegates) return ["missing", delegates - endpoint.pictures];
  if (endpoint.queue_p95_ms >= LATE_MS) return ["late", endpoint.queue_p95_ms];
  return null;
}

/** The troubles of each phase; endpoints with the same one together. */
export function findings(result: Simulation): Finding[] {
  return result.phases.flatMap((phase) => ofPhase(phase, result.case.delegates));
}

function ofPhase(phase: Phase, delegates: number): Finding[] {
  const found = new Map<Trouble, Finding>();
  for (const endpoint of phase.endpoints) {
    const trouble = troubleOf(endpoint, delegates);
    if (!trouble) continue;
    const [kind, size] = trouble;
    const same = found.get(kind) ?? { trouble: kind, names: [], fromS: phase.from_s, toS: phase.to_s, worst: 0 };
    found.set(kind, { ...same, names: [...same.names, endpoint.name], worst: Math.max(same.worst, size) });
  }
  return [...found.values()];
}

/** Whether the lines suffice: all the time, most of it, or not for everybody. */
export function verdict(result: Simulation): "enough" | "nearly" | "notEnough" {
  if (findings(result).length) return "notEnough";
  return result.fits.complete >= NEARLY_ALWAYS ? "enough" : "nearly";
}

/** Which endpoint's curves to show first: one whose line changes, one in trouble, else the first delegate. */
export function mostTroubled(result: Simulation): string {
  const last = result.phases.at(-1);
  const lines = (name: string) => new Set(result.curves.find((each) => each.name === name)?.line_down_bps).size;
  const names = result.curves.map((each) => each.name);
  const troubled = last?.endpoints.find((each) => troubleOf(each, result.case.delegates))?.name;
  return names.find((name) => lines(name) > 1) ?? troubled ?? names[1] ?? names[0] ?? "";
}

/** "720p", with the share of its frames where that is not all; null for none. */
export function levelParts(level: Level): { height: number; share: string } | null {
  if (!level.height) return null;
  const shares: Record<string, string> = { "0.5": "1/2", "0.25": "1/4" };
  return { height: level.height, share: shares[String(level.motion)] ?? "" };
}

/** The mean received rate, simulated against measured, as a share of the measured. */
export function measuredDifference(result: Simulation): number | null {
  const gets = result.measured?.differences.find((each) => each.name === "gets_bps");
  return gets?.measured ? gets.simulated / gets.measured - 1 : null;
}
