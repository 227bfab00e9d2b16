import { ActionIcon, Button, Group, Select, Text, Textarea } from "@mantine/core";
import { IconPencil, IconPlayerPlay, IconTrash } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { NOTE_KINDS, type Note } from "../../api/case";
import { locale } from "../../ui/format";
import type { Send } from "./useCase";

interface Props {
  note: Note;
  /** Title of the item of the script, "" where it has none. */
  item: string;
  sessionId: string;
  /** Its moment can be played back. */
  playable: boolean;
  writes: boolean;
  send: Send;
}

/** One note: when, who, what; to be corrected, or played from its moment on. */
export function NoteLine({ note, item, sessionId, playable, writes, send }: Props) {
  const { t } = useTranslation();
  const [editing, setEditing] = useState(false);
  const time = new Date(note.at).toLocaleTimeString(locale(), { timeZone: "Asia/Ho_Chi_Minh", hour12: false });
  return (
    <article className="note" data-kind={note.kind} data-testid="note">
      <header>
        <time dateTime={note.at}>{time}</time>
        <strong>{note.speaker || note.author}</strong>
        <span className="faint">
          {[t(`case.noteKind.${note.kind}`), item, note.edited_at ? t("case.notes.edited") : ""]
            .filter(Boolean)
            .join(" · ")}
        </span>
        <Group gap={2} ml="auto" wrap="nowrap">
          {playable && note.record_s !== null && (
            <ActionIcon
              component={Link}
              to={`/recordings/${sessionId}?t=${Math.max(0, Math.floor(note.record_s) - 5)}`}
              variant="subtle"
              size={22}
              aria-label={t("case.notes.play", { time })}
              title={t("case.notes.play", { time })}
            >
              <IconPlayerPlay size={14} />
            </ActionIcon>
          )}
          {writes && (
            <>
              <ActionIcon
                variant="subtle"
                size={22}
                aria-label={t("case.notes.edit", { time })}
                title={t("case.notes.edit", { time })}
                data-testid="note-edit"
                onClick={() => setEditing(true)}
              >
                <IconPencil size={14} />
              </ActionIcon>
              <ActionIcon
                variant="subtle"
                color="lacquer"
                size={22}
                aria-label={t("case.notes.remove", { time })}
                title={t("case.notes.remove", { time })}
                onClick={() => void send("DELETE", `/notes/${note.id}`)}
              >
                <IconTrash size={14} />
              </ActionIcon>
            </>
          )}
        </Group>
      </header>
      {editing ? <Editor note={note} onClose={() => setEditing(false)} send={send} /> : <p>{note.text}</p>}
    </article>
  );
}

function Editor({ note, onClose, send }: { note: Note; onClose: () => void; send: Send }) {
  const { t } = useTranslation();
  const [text, setText] = useState(note.text);
  const [kind, setKind] = useState<string>(note.kind);
  const save = async () => {
    if (await send("PATCH", `/notes/${note.id}`, { text, kind })) onClose();
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <Textarea
        autosize
        minRows={2}
        value={text}
        aria-label={t("case.notes.text")}
        data-autofocus
        data-testid="note-editor"
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <Group gap="xs" mt={4}>
        <Select
          size="xs"
          aria-label={t("case.notes.kind")}
          data={NOTE_KINDS.map((value) => ({ value, label: t(`case.noteKind.${value}`) }))}
          value={kind}
          allowDeselect={false}
          onChange={(value) => value && setKind(value)}
        />
        <Button type="submit" size="xs" disabled={!text.trim()} data-testid="note-save">
          {t("case.save")}
        </Button>
        <Button size="xs" variant="default" onClick={onClose}>
          {t("app.cancel")}
        </Button>
      </Group>
      <Text size="xs" c="dimmed">
        {t("case.notes.editHint")}
      </Text>
    </form>
  );
}
