import { Card, Group, SegmentedControl, Text } from "@mantine/core";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Case } from "../../api/case";
import type { ScriptItemView } from "../../api/room";
import type { SessionView } from "../../api/types";
import { NoteEntry } from "./NoteEntry";
import { NoteLine } from "./NoteLine";
import type { Send } from "./useCase";

interface Props {
  session: SessionView;
  items: ScriptItemView[];
  data: Case;
  writes: boolean;
  comments: boolean;
  send: Send;
}

/** Live notes, each with its time, item and speaker; the newest at the bottom, where the next one is written. */
export function Notes({ session, items, data, writes, comments, send }: Props) {
  const { t } = useTranslation();
  const [only, setOnly] = useState("all");
  const notes = only === "all" ? data.notes : data.notes.filter((each) => each.item_id === data.now.item_id);
  const end = useRef<HTMLDivElement>(null);
  const count = notes.length;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the newest note is brought into view when there is one more
  useEffect(() => {
    end.current?.parentElement?.scrollTo({ top: end.current.offsetTop });
  }, [count]);
  return (
    <Card withBorder padding="sm" className="secretary-notes">
      <Group justify="space-between" mb={6}>
        <Text fw={600} component="h2">
          {t("case.notes.title")}
        </Text>
        <SegmentedControl
          size="xs"
          aria-label={t("case.notes.which")}
          value={only}
          onChange={setOnly}
          data={[
            { value: "all", label: t("case.notes.all", { count: data.notes.length }) },
            { value: "now", label: t("case.notes.thisItem") },
          ]}
        />
      </Group>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a list that scrolls is reached by keyboard */}
      <section className="secretary-list" tabIndex={0} aria-label={t("case.notes.title")} data-testid="notes">
        {notes.length === 0 && (
          <Text size="sm" c="dimmed">
            {t("case.notes.none")}
          </Text>
        )}
        {notes.map((note) => (
          <NoteLine
            key={note.id}
            note={note}
            item={items.find((each) => each.id === note.item_id)?.title ?? ""}
            sessionId={session.id}
            playable={session.state === "ended" || session.state === "archived"}
            writes={writes}
            send={send}
          />
        ))}
        <div ref={end} />
      </section>
      {comments && <NoteEntry session={session} items={items} data={data} whole={writes} send={send} />}
    </Card>
  );
}
