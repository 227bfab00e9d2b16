// Which pictures a room's page shows large, and which small (pure): the operators' layout, as this page can have it.
import type { RoomState, RosterEntry } from "../protocol/messages";
import { chooseStage, isHere } from "./stage";

export type Layout = NonNullable<RoomState["layout"]>;

export interface Shown {
  kind: "screen" | "endpoint" | "own";
  endpointId: string;
}

export interface Arrangement {
  layout: Layout;
  mains: Shown[];
  /** Shown small beside it; the own picture comes first where `own` is true. */
  side: RosterEntry[];
  own: boolean;
}

export interface ArrangeInput {
  layout: Layout;
  me: string;
  roster: RosterEntry[];
  screenOf: string | null;
  spotlight: string | null;
  speaker: string | null;
  pinned: string | null;
  /** This page only watches: it has no picture of its own. */
  watches: boolean;
  /** A document of the case is shown: it takes the place of the large pictures. */
  document?: boolean;
}

export function arrange(input: ArrangeInput): Arrangement {
  const others = input.roster.filter((entry) => entry.id !== input.me && isHere(entry) && entry.role !== "observer");
  const own = !input.watches;
  if (input.document) return besideDocument(input.layout, others, own);
  if (input.layout === "grid" && !input.pinned) {
    const cells = others.map((entry): Shown => ({ kind: "endpoint", endpointId: entry.id }));
    const mains = own ? [{ kind: "own" as const, endpointId: input.me }, ...cells] : cells;
    if (mains.length > 0) return { layout: "grid", mains, side: [], own: false };
  }
  const stage = chooseStage(input);
  if (input.layout === "document" && input.screenOf && !input.pinned) {
    return { layout: "document", mains: [{ kind: "screen", endpointId: input.screenOf }], side: [], own: false };
  }
  if (input.layout === "chair_speaker" && !input.pinned && !input.screenOf) {
    const mains = chairAndSpeaker(input, others, own);
    if (mains.length === 2) return { layout: "chair_speaker", mains, side: others, own };
  }
  const mains: Shown[] = [];
  if (stage.kind !== "nobody" && stage.endpointId) mains.push({ kind: stage.kind, endpointId: stage.endpointId });
  return { layout: "one_plus", mains, side: others, own };
}

/** The document stands where the large pictures were; alone, if the operators want it so. */
function besideDocument(layout: Layout, others: RosterEntry[], own: boolean): Arrangement {
  const alone = layout === "document";
  return { layout: alone ? "document" : "one_plus", mains: [], side: alone ? [] : others, own: own && !alone };
}

/** The chair's room on the left, who has the floor on the right; either may be this room itself. */
function chairAndSpeaker(input: ArrangeInput, others: RosterEntry[], own: boolean): Shown[] {
  const here = new Set(others.map((entry) => entry.id));
  if (own) here.add(input.me);
  const chair = input.roster.find((entry) => entry.role === "central" && here.has(entry.id))?.id;
  const fits = (id: string | null) => id !== null && id !== chair && here.has(id);
  const speaker = [input.spotlight, input.speaker].find(fits) ?? others.find((entry) => entry.id !== chair)?.id;
  return [chair, speaker]
    .filter((id): id is string => Boolean(id))
    .map((id) => ({ kind: id === input.me ? "own" : "endpoint", endpointId: id }));
}

/** Columns of a grid so that `count` pictures of 16:9 fill a 16:9 screen best. */
export function columnsFor(count: number): number {
  return Math.max(1, Math.ceil(Math.sqrt(count)));
}
