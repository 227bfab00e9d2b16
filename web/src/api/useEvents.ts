import { useEffect, useState } from "react";
import { api } from "./client";
import type { SessionEvent } from "./course";

const KEPT = 200;
const AGAIN_MS = 3000;

/** A session's events as they come, newest last: the server answers when there is news. `onNews`: told each time. */
export function useEvents(sessionId: string, onNews?: () => void): SessionEvent[] {
  const [events, setEvents] = useState<SessionEvent[]>([]);
  useEffect(() => {
    let over = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    setEvents([]);
    const follow = async (last: number | null) => {
      let next = last;
      try {
        const query = last === null ? "" : `?after=${last}&wait=25`;
        const answer = await api<{ events: SessionEvent[]; last: number }>(
          "GET",
          `/sessions/${sessionId}/events${query}`,
        );
        if (over) return;
        next = answer.last;
        if (answer.events.length) {
          setEvents((before) => [...before, ...answer.events].slice(-KEPT));
          if (last !== null) onNews?.();
        }
        void follow(next);
      } catch {
        // The page's own polling says that the server is lost.
        if (!over) timer = setTimeout(() => void follow(next), AGAIN_MS);
      }
    };
    void follow(null);
    return () => {
      over = true;
      clearTimeout(timer);
    };
  }, [sessionId, onNews]);
  return events;
}
