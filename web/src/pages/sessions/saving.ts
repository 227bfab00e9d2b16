// From the form to the server.
import { api } from "../../api/client";
import type { SessionView } from "../../api/types";
import { createBody, type Draft, planBody, readPeople, scriptBody, seatChanges } from "./draft";

/** Creates the draft; its id. */
export async function saveNew(draft: Draft): Promise<string> {
  const session = await api<SessionView>("POST", "/sessions", createBody(draft));
  if (draft.script.length) {
    await api("PUT", `/sessions/${session.id}/script`, { items: scriptBody(draft.script) });
  }
  return session.id;
}

/** Sends what may have changed; refused if somebody else changed the session since it was loaded. */
export async function saveChanges(session: SessionView, draft: Draft): Promise<string> {
  const path = `/sessions/${session.id}`;
  await api("PATCH", `${path}/plan`, {
    ...planBody(draft),
    title: draft.title,
    profile: draft.profile,
    version: session.version,
  });
  const { invite, remove, people } = seatChanges(session, draft);
  for (const { seat, role } of invite) {
    const added = await api<{ id: string }>("POST", `${path}/endpoints`, {
      name: seat.name.trim(),
      role,
      registered_id: seat.registeredId,
      organisation: seat.organisation,
      guest: seat.guest,
    });
    const named = readPeople(seat.people);
    if (named.length) await api("PUT", `${path}/endpoints/${added.id}/people`, { people: named });
  }
  for (const seat of people) {
    await api("PUT", `${path}/endpoints/${seat.id}/people`, { people: readPeople(seat.people) });
  }
  for (const id of remove) await api("POST", `${path}/endpoints/${id}/remove`);
  await api("PUT", `${path}/script`, { items: scriptBody(draft.script) });
  return session.id;
}
