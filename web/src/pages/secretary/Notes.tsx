import { Card, Group, SegmentedControl, Text } from "@mantine/core";
import { IconBookmark } from "@tabler/icons-react";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Case, Mark, Note } from "../../api/case";
import type { ScriptItemView } from "../../api/room";
import type { SessionView } from "../../api/types";
import { locale } from "../../ui/format";
import { NoteEntry } from "./NoteEntry";
import { NoteLine } from "./NoteLine";
import type { Send } from "./useCase";

interface Props {
  session: SessionView;
  items: ScriptItemView[];
  data: Case;
  /** Of the recording: what was marked in it. */
  marks: Mark[];
  writes: boolean;
  comments: boolean;
  send: Send;
}

/** Live notes, each with its time, item and speaker; the newest at the bottom, where the next one is written. */
export function Notes({ session, items, data, marks, writes, comments, send }: Props) {
  const { t } = useTranslation();
  const [only, setOnly] = useState("all");
  const notes = only === "all" ? data.notes : data.notes.filter((each) => each.item_id === data.now.item_id);
  const end = useRef<HTMLDivElement>(null);
  const lines = only === "all" ? byTime(notes, marks) : notes;
  const count = lines.length;
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
        {lines.length === 0 && (
          <Text size="sm" c="dimmed">
            {t("case.notes.none")}
          </Text>
        )}
        {lines.map((line) =>
          "id" in line ? (
            <NoteLine
              key={line.id}
              note={line}
              item={items.find((each) => each.id === line.item_id)?.title ?? ""}
              sessionId={session.id}
              playable={session.state === "ended" || session.state === "archived"}
              writes={writes}
              send={send}
            />
          ) : (
            <MarkLine key={`${line.at}/${line.category}/${line.text}`} mark={line} />
          ),
        )}
        <div ref={end} />
      </section>
      {comments && <NoteEntry session={session} items={items} data={data} whole={writes} send={send} />}
    </Card>
  );
}

/** Notes and markers in one row. The script's items begin and end as markers too. */
function byTime(notes: Note[], marks: Mark[]): (Note | Mark)[] {
  return [...notes, ...marks].sort((one, other) => Date.parse(one.at) - Date.parse(other.at));
}

function MarkLine({ mark }: { mark: Mark }) {
  const { t } = useTranslation();
  const time = new Date(mark.at).toLocaleTimeString(locale(), { timeZone: "Asia/Ho_Chi_Minh", hour12: false });
  const key = `case.marks.${mark.category}`;
  return (
    <div className="note-mark" data-category={mark.category} data-testid="mark">
      <IconBookmark size={14} aria-hidden />
      <time dateTime={mark.at}>{time}</time>
      <span>{[t(key, ""), mark.text].filter(Boolean).join(" ")}</span>
    </div>
  );
}
