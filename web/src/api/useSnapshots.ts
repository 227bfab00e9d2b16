import { useEffect, useState } from "react";
import { api } from "./client";

const EVERY_MS = 4000;

interface SnapshotList {
  snapshots: { endpoint_id: string; jpeg: string; age_s: number }[];
}

/** Small pictures of the endpoints by id, as addresses for an image; the pages take them while this asks. */
export function useSnapshots(sessionId: string, running: boolean): Record<string, string> {
  const [pictures, setPictures] = useState<Record<string, string>>({});
  useEffect(() => {
    if (!running) return;
    let over = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const load = async () => {
      try {
        const { snapshots } = await api<SnapshotList>("GET", `/sessions/${sessionId}/snapshots`);
        const found = snapshots.map((each) => [each.endpoint_id, `data:image/jpeg;base64,${each.jpeg}`] as const);
        if (!over) setPictures(Object.fromEntries(found));
      } catch {
        // The session's own polling says that the server is lost.
      }
      if (!over) timer = setTimeout(() => void load(), EVERY_MS);
    };
    void load();
    return () => {
      over = true;
      clearTimeout(timer);
    };
  }, [sessionId, running]);
  return pictures;
}
