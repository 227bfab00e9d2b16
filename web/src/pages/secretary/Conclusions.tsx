import { ActionIcon, Badge, Button, Checkbox, Group, Stack, Text, Textarea, TextInput } from "@mantine/core";
import { IconTrash } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Conclusion } from "../../api/case";
import type { ScriptItemView } from "../../api/room";
import { DateField } from "../../ui/DateField";
import { locale } from "../../ui/format";
import type { Send } from "./useCase";

interface Props {
  conclusions: Conclusion[];
  items: ScriptItemView[];
  /** A new conclusion belongs to it. */
  item: string;
  writes: boolean;
  /** May say that a task was carried out, also of what is archived. */
  tracks: boolean;
  send: Send;
}

/** The chair's conclusions: task, who does it, by when; and whether it was done. */
export function Conclusions({ conclusions, items, item, writes, tracks, send }: Props) {
  const { t } = useTranslation();
  return (
    <Stack gap="xs" data-testid="conclusions">
      {conclusions.length === 0 && (
        <Text size="sm" c="dimmed">
          {t("case.conclusions.none")}
        </Text>
      )}
      {conclusions.map((each) => (
        <Line
          key={each.id}
          conclusion={each}
          item={items.find((one) => one.id === each.item_id)?.title ?? ""}
          writes={writes}
          tracks={tracks}
          send={send}
        />
      ))}
      {writes && <Add item={item} send={send} />}
    </Stack>
  );
}

interface LineProps {
  conclusion: Conclusion;
  item: string;
  writes: boolean;
  tracks: boolean;
  send: Send;
}

function Line({ conclusion, item, writes, tracks, send }: LineProps) {
  const { t } = useTranslation();
  const done = conclusion.done_at !== null;
  return (
    <div className="conclusion" data-testid="conclusion">
      <Group justify="space-between" wrap="nowrap" align="flex-start">
        <Text size="sm" fw={600} style={{ whiteSpace: "pre-line" }}>
          {conclusion.task}
        </Text>
        {writes && (
          <ActionIcon
            variant="subtle"
            color="lacquer"
            size={24}
            aria-label={t("case.conclusions.remove")}
            title={t("case.conclusions.remove")}
            onClick={() => void send("DELETE", `/conclusions/${conclusion.id}`)}
          >
            <IconTrash size={15} />
          </ActionIcon>
        )}
      </Group>
      <Group justify="space-between" gap="xs">
        <Text size="xs">
          {[conclusion.owner, conclusion.deadline && t("case.conclusions.by", { date: day(conclusion.deadline) }), item]
            .filter(Boolean)
            .join(" · ")}
          {conclusion.overdue && (
            <Badge color="lacquer" size="sm" ml={6}>
              {t("case.conclusions.overdue")}
            </Badge>
          )}
        </Text>
        <Checkbox
          size="xs"
          label={t("case.conclusions.done")}
          checked={done}
          disabled={!tracks}
          onChange={(event) =>
            void send("PUT", `/conclusions/${conclusion.id}/done`, { done: event.currentTarget.checked })
          }
        />
      </Group>
    </div>
  );
}

function day(date: string): string {
  return new Intl.DateTimeFormat(locale(), { day: "2-digit", month: "2-digit", year: "numeric" }).format(
    new Date(`${date}T00:00:00`),
  );
}

function Add({ item, send }: { item: string; send: Send }) {
  const { t } = useTranslation();
  const [task, setTask] = useState("");
  const [owner, setOwner] = useState("");
  const [deadline, setDeadline] = useState("");
  const add = async () => {
    if (await send("POST", "/conclusions", { task, owner, deadline: deadline || null, item_id: item })) {
      setTask("");
      setOwner("");
      setDeadline("");
    }
  };
  return (
    <form
      className="citizen-form"
      onSubmit={(event) => {
        event.preventDefault();
        void add();
      }}
    >
      <Textarea
        size="xs"
        label={t("case.conclusions.task")}
        value={task}
        autosize
        minRows={2}
        maxRows={6}
        required
        data-testid="conclusion-task"
        onChange={(event) => setTask(event.currentTarget.value)}
      />
      <Group gap="xs" mt={4} grow>
        <TextInput
          size="xs"
          label={t("case.conclusions.owner")}
          value={owner}
          maxLength={300}
          required
          data-testid="conclusion-owner"
          onChange={(event) => setOwner(event.currentTarget.value)}
        />
        <DateField
          size="xs"
          label={t("case.conclusions.deadline")}
          value={deadline}
          data-testid="conclusion-deadline"
          onChange={setDeadline}
        />
      </Group>
      <Group justify="flex-end" mt="xs">
        <Button type="submit" size="xs" disabled={!task.trim() || !owner.trim()} data-testid="conclusion-add">
          {t("case.conclusions.add")}
        </Button>
      </Group>
    </form>
  );
}
