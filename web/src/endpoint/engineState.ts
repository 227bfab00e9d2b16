// What an endpoint's page knows of its session, whole at each change.
import type {
  Bye,
  Connection,
  Drawer,
  Problem,
  RoomState,
  RosterEntry,
  SessionInfo,
  Slots,
  TechnicalLine,
} from "../protocol/messages";
import type { Link, LocalMedia } from "./link";
import type { Witness } from "./witness";

export interface EngineState {
  phase: "connecting" | "joined" | "over";
  over: Bye["reason"] | null;
  problem: string | null;
  reconnecting: boolean;
  endpointId: string;
  session: SessionInfo | null;
  roster: RosterEntry[];
  slots: Slots | null;
  speaker: string | null;
  spotlight: string | null;
  connection: Connection | null;
  microphone: boolean;
  camera: boolean;
  screen: boolean;
  locked: boolean;
  link: Link | null;
  witness: Witness | null;
  room: RoomState | null;
  audioOnly: boolean;
  camera2: boolean;
  /** The server's last word on the technician's PIN. */
  drawer: Drawer | null;
  /** What operators and this site's technician wrote to each other. */
  technical: TechnicalLine[];
  /** The server's clock minus this computer's, ms. */
  clockOffsetMs: number;
}

/** What was refused, in the page's language. */
export function wordsOf(problem: Problem, language: string): string {
  return (language === "vi" && problem.reason_vi) || problem.detail || problem.title;
}

export interface Switches {
  microphone: boolean;
  camera: boolean;
}

/** Before the server has said anything. */
export function initialState(media: LocalMedia, switches: Switches): EngineState {
  return {
    phase: "connecting",
    over: null,
    problem: null,
    reconnecting: false,
    endpointId: "",
    session: null,
    roster: [],
    slots: null,
    speaker: null,
    spotlight: null,
    connection: null,
    microphone: switches.microphone && media.microphone !== null,
    camera: switches.camera && media.camera !== null,
    screen: false,
    locked: false,
    link: null,
    witness: null,
    room: null,
    audioOnly: false,
    camera2: Boolean(media.camera2),
    drawer: null,
    technical: [],
    clockOffsetMs: 0,
  };
}
