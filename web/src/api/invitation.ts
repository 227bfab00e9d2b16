// What the HTTP API says of invitations (signalling/invitation_api.py).
import type { Person } from "./course";

export interface Reply {
  accepted: boolean;
  by: string;
  note: string;
  at: string;
}

export interface InvitationLine {
  endpoint_id: string;
  name: string;
  role: string;
  organisation: string;
  people: Person[];
  reply: Reply | null;
}

export interface Invitation extends InvitationLine {
  session_id: string;
  code: string;
  title: string;
  kind: string;
  state: string;
  planned_start: string | null;
  planned_minutes: number | null;
  host_organisation: string;
  chair_name: string;
  chair_office: string;
  secretary: string;
  central: string;
  document_no: string;
  join_url: string;
  open: boolean;
}
