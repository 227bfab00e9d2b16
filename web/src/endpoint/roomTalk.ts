// What an endpoint's page says about the room: hand, consent, notice, reports, the chair's commands.
import type { ClientMessage, Command, Report } from "../protocol/messages";

export class RoomTalk {
  constructor(private readonly send: (message: ClientMessage) => void) {}

  raiseHand(raised: boolean): void {
    this.send({ type: "hand", raised });
  }

  /** The chair's, from the central endpoint. */
  command(
    command: Command["command"],
    endpointId: string | null = null,
    itemId: string | null = null,
    reason = "",
  ): void {
    this.send({ type: "command", command, endpoint_id: endpointId, item_id: itemId, reason });
  }

  /** Tells the operators that something is wrong here. */
  report(kind: Report["kind"], note: string): void {
    this.send({ type: "report", kind, note });
  }

  /** A local officer ticks that the notice was read aloud and understood. */
  acknowledge(name: string, version: string): void {
    this.send({ type: "acknowledge", name, version });
  }

  /** Into the consultation room, or out of it. */
  consult(enter: boolean): void {
    this.send({ type: "private", enter });
  }

  /** To the operators, from the open drawer. */
  technical(text: string): void {
    this.send({ type: "technical_say", text });
  }

  /** Opens the technician's drawer. */
  unlock(pin: string): void {
    this.send({ type: "unlock", pin });
  }
}
