import type { SessionEvent } from "../../api/course";

/** One action to try: the events that tell that it was done, and where its button is. */
export interface GuideStep {
  key: string;
  /** Kinds of events; any of them counts. */
  kinds: string[];
  /** Where to press: the first of these that is there. */
  places: string[];
}

export const STEPS: GuideStep[] = [
  { key: "admit", kinds: ["admit"], places: ["lobby-bar", "admit"] },
  { key: "call", kinds: ["call"], places: ["queue-next", "call", "invite-to-speak"] },
  { key: "extend", kinds: ["turn_extended"], places: ["queue"] },
  { key: "stop", kinds: ["stop_speaker"], places: ["queue-stop", "queue"] },
  { key: "queue", kinds: ["queue_changed", "lower_hand"], places: ["queue"] },
  { key: "mute", kinds: ["mute"], places: ["mute", "unmute"] },
  { key: "unmute", kinds: ["unmute"], places: ["unmute", "mute"] },
  { key: "muteAll", kinds: ["mute_all"], places: ["mute-all", "queue"] },
  { key: "lock", kinds: ["lock"], places: ["more"] },
  { key: "unlock", kinds: ["unlock"], places: ["more"] },
  { key: "camera", kinds: ["camera_off"], places: ["more"] },
  { key: "askCamera", kinds: ["ask_camera"], places: ["more"] },
  { key: "spotlight", kinds: ["spotlight"], places: ["spotlight"] },
  { key: "layout", kinds: ["layout"], places: ["layout"] },
  { key: "wide", kinds: ["wide_camera"], places: ["more"] },
  { key: "document", kinds: ["document_shown"], places: ["open-documents"] },
  { key: "itemStart", kinds: ["script_running"], places: ["script"] },
  { key: "itemDone", kinds: ["script_done"], places: ["script"] },
  { key: "itemSkip", kinds: ["script_waived"], places: ["script"] },
  { key: "marker", kinds: ["marker"], places: ["set-marker", "recording-panel"] },
  { key: "confidence", kinds: ["confidence"], places: ["confidence", "recording-panel"] },
  { key: "take", kinds: ["alarm_taken"], places: ["alarm-take", "alarms"] },
  { key: "playbook", kinds: ["incident"], places: ["alarm-playbook", "alarms"] },
  { key: "step", kinds: ["incident_step"], places: ["open-incidents"] },
  { key: "close", kinds: ["incident_closed"], places: ["open-incidents"] },
  { key: "done", kinds: ["alarm_done"], places: ["alarm-done", "alarms"] },
  { key: "announce", kinds: ["announcement"], places: ["announce"] },
  { key: "roll", kinds: ["attendance"], places: ["roll-call"] },
  { key: "audioOnly", kinds: ["audio_only"], places: ["more"] },
  { key: "limits", kinds: ["limits"], places: ["open-details"] },
  { key: "profile", kinds: ["profile"], places: ["session-profile", "site-panel"] },
  { key: "hold", kinds: ["hold"], places: ["more"] },
  { key: "lobby", kinds: ["lobby_off", "lobby_on"], places: ["lobby-switch", "room-card"] },
  { key: "invite", kinds: ["invite"], places: ["room-card"] },
  { key: "restart", kinds: ["recording_restarted"], places: ["restart-recording", "recording-panel"] },
  { key: "pause", kinds: ["pause"], places: ["pause-session"] },
  { key: "interrupt", kinds: ["interrupt"], places: ["interrupt-session"] },
  { key: "resume", kinds: ["resume"], places: ["resume-session"] },
  { key: "remove", kinds: ["remove"], places: ["more"] },
  { key: "end", kinds: ["end"], places: ["end-session"] },
];

/** What an endpoint did by itself (its own switches, its own hand) is not the operator's doing. */
export function byOperator(event: Pick<SessionEvent, "facts">): boolean {
  return event.facts["by"] !== "endpoint";
}

/** The steps that were done, by the events after `from`. */
export function doneSteps(events: Pick<SessionEvent, "id" | "kind" | "facts">[], from: number): Set<string> {
  const kinds = new Set(events.filter((event) => event.id > from && byOperator(event)).map((event) => event.kind));
  return new Set(STEPS.filter((step) => step.kinds.some((kind) => kinds.has(kind))).map((step) => step.key));
}
