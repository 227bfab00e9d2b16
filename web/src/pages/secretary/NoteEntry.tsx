import { Button, Checkbox, Group, SegmentedControl, Select, Text, Textarea } from "@mantine/core";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { type Case, NOTE_KINDS, type NoteKind } from "../../api/case";
import type { ScriptItemView } from "../../api/room";
import type { SessionView } from "../../api/types";
import type { Send } from "./useCase";

interface Props {
  session: SessionView;
  items: ScriptItemView[];
  data: Case;
  /** Everything, not only comments. */
  whole: boolean;
  send: Send;
}

const AS_NOW = "now";

/**
 * Where notes are written. Its time is when the writing began, its item and speaker what runs and who has the floor,
 * unless they are chosen. Keys: Alt+1 to 5 the kind, Alt+M with a marker, Alt+N to the text, Ctrl+Enter keeps it.
 */
export function NoteEntry({ session, items, data, whole, send }: Props) {
  const { t } = useTranslation();
  const [text, setText] = useState("");
  const [kind, setKind] = useState<NoteKind>(whole ? "noi_dung" : "gop_y");
  const [speaker, setSpeaker] = useState(AS_NOW);
  const [item, setItem] = useState(AS_NOW);
  const [mark, setMark] = useState(false);
  const begun = useRef<string | null>(null);
  const field = useRef<HTMLTextAreaElement>(null);
  const live = ["live", "paused", "interrupted"].includes(session.state);
  const write = (value: string) => {
    if (!value) begun.current = null;
    else if (!text) begun.current = new Date(Date.parse(data.now.at)).toISOString();
    setText(value);
  };
  const keep = async () => {
    if (!text.trim()) return;
    const body = {
      text,
      kind,
      mark: mark && live,
      at: begun.current,
      ...(speaker === AS_NOW ? {} : { endpoint_id: speaker }),
      ...(item === AS_NOW ? {} : { item_id: item === "-" ? "" : item }),
    };
    if (await send("POST", "/notes", whole ? body : { text })) {
      setText("");
      setMark(false);
      begun.current = null;
    }
  };
  useKeys({
    kind: (index) => whole && NOTE_KINDS[index] && setKind(NOTE_KINDS[index]),
    mark: () => setMark((before) => !before),
    focus: () => field.current?.focus(),
  });
  const runs = items.find((each) => each.id === data.now.item_id)?.title;
  return (
    <form
      className="note-entry"
      onSubmit={(event) => {
        event.preventDefault();
        void keep();
      }}
    >
      {whole && (
        <SegmentedControl
          size="xs"
          fullWidth
          aria-label={t("case.notes.kind")}
          value={kind}
          onChange={(value) => setKind(value as NoteKind)}
          data={NOTE_KINDS.map((value, index) => ({
            value,
            label: `${index + 1} ${t(`case.noteKindShort.${value}`)}`,
          }))}
        />
      )}
      <Textarea
        ref={field}
        aria-label={t("case.notes.text")}
        placeholder={t(whole ? "case.notes.placeholder" : "case.notes.comment")}
        autosize
        minRows={3}
        maxRows={8}
        value={text}
        data-testid="note-text"
        onKeyDown={(event) => {
          if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
            event.preventDefault();
            void keep();
          }
        }}
        onChange={(event) => write(event.currentTarget.value)}
      />
      <Group gap="xs" wrap="nowrap" align="flex-end" className="note-about">
        {whole && (
          <>
            <Select
              size="xs"
              label={t("case.notes.speaker")}
              value={speaker}
              allowDeselect={false}
              data={[
                { value: AS_NOW, label: data.now.speaker || t("case.notes.nobody") },
                ...session.endpoints.map((each) => ({ value: each.id, label: each.name })),
              ]}
              onChange={(value) => value && setSpeaker(value)}
            />
            <Select
              size="xs"
              label={t("case.item")}
              value={item}
              allowDeselect={false}
              data={[
                { value: AS_NOW, label: runs ?? t("case.notes.noItem") },
                { value: "-", label: t("case.wholeSession") },
                ...items.map((each) => ({ value: each.id, label: each.title })),
              ]}
              onChange={(value) => value && setItem(value)}
            />
            <Checkbox
              size="xs"
              mb={7}
              label={t("case.notes.mark")}
              checked={mark && live}
              disabled={!live}
              onChange={(event) => setMark(event.currentTarget.checked)}
            />
          </>
        )}
        <Button type="submit" size="xs" ml="auto" disabled={!text.trim()} data-testid="note-keep">
          {t("case.notes.keep")}
        </Button>
      </Group>
      {whole && (
        <Text size="xs" c="dimmed">
          {t("case.notes.keys")}
        </Text>
      )}
    </form>
  );
}

/** Keys with Alt, wherever the focus is on this page. */
function useKeys(keys: { kind: (index: number) => unknown; mark: () => void; focus: () => void }) {
  const latest = useRef(keys);
  latest.current = keys;
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      if (!event.altKey || event.ctrlKey || event.metaKey) return;
      const digit = /^Digit([1-5])$/.exec(event.code);
      if (digit) latest.current.kind(Number(digit[1]) - 1);
      else if (event.code === "KeyM") latest.current.mark();
      else if (event.code === "KeyN") latest.current.focus();
      else return;
      event.preventDefault();
    };
    window.addEventListener("keydown", pressed);
    return () => window.removeEventListener("keydown", pressed);
  }, []);
}
