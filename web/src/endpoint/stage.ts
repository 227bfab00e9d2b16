// Who stands on the stage (pure): the shared screen, else the operator's spotlight, else who speaks, else the centre.
import type { RosterEntry } from "../protocol/messages";

export interface StageChoice {
  kind: "screen" | "endpoint" | "nobody";
  endpointId: string | null;
}

export function chooseStage(input: {
  me: string;
  roster: RosterEntry[];
  screenOf: string | null;
  spotlight: string | null;
  speaker: string | null;
  pinned: string | null;
}): StageChoice {
  const { me, roster, screenOf, spotlight, speaker, pinned } = input;
  const here = new Set(roster.filter((entry) => entry.id !== me && isHere(entry)).map((entry) => entry.id));
  if (screenOf && !pinned) return { kind: "screen", endpointId: screenOf };
  for (const candidate of [pinned, spotlight, speaker]) {
    if (candidate && here.has(candidate)) return { kind: "endpoint", endpointId: candidate };
  }
  const central = roster.find((entry) => entry.role === "central" && here.has(entry.id));
  const first = central ?? roster.find((entry) => here.has(entry.id));
  return first ? { kind: "endpoint", endpointId: first.id } : { kind: "nobody", endpointId: null };
}

export function isHere(entry: RosterEntry): boolean {
  return entry.state === "connected" || entry.state === "reconnecting" || entry.state === "connecting";
}
