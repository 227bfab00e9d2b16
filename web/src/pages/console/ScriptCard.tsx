import { ActionIcon, Button, Card, Group, Modal, Text, TextInput } from "@mantine/core";
import { IconCheck, IconPlayerPlay, IconPlayerSkipForward, IconRestore } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { ScriptItemView } from "../../api/room";
import { clock } from "../../endpoint/clock";
import { useServerNow } from "../../ui/useServerNow";
import type { Act } from "../LiveSession";

interface Props {
  items: ScriptItemView[];
  offsetMs: number;
  act: Act;
}

/** The running order: what runs, for how long, what comes next; each begin and end is marked in the recording. */
export function ScriptCard({ items, offsetMs, act }: Props) {
  const { t } = useTranslation();
  const [skipping, setSkipping] = useState<ScriptItemView | null>(null);
  const now = useServerNow(offsetMs);
  const to = (item: ScriptItemView, action: string, body: unknown = {}) =>
    void act("POST", `/script/${item.id}/${action}`, body);
  const next = items.find((each) => each.state === "pending");
  return (
    <Card withBorder padding="sm" data-testid="script">
      <Group justify="space-between" mb={6}>
        <Text fw={600} component="h2">
          {t("console.script.title")}
        </Text>
        {items.length > 0 && (
          <Text size="sm" c="dimmed">
            {t("console.script.open", { count: items.filter((each) => each.state === "pending").length })}
          </Text>
        )}
      </Group>
      {items.length === 0 && (
        <Text size="sm" c="dimmed">
          {t("console.script.none")}
        </Text>
      )}
      <ol className="script">
        {items.map((item) => (
          <li key={item.id} data-state={item.state} data-testid={`item-${item.id}`}>
            <div>
              <strong>{item.title}</strong>
              <small>
                {[item.speaker, item.minutes ? t("console.script.minutes", { n: item.minutes }) : "", item.reason]
                  .filter(Boolean)
                  .join(" · ")}
              </small>
            </div>
            {item.state === "running" && item.started_at && (
              <span className="turn-time">{clock((now - Date.parse(item.started_at)) / 1000)}</span>
            )}
            {item.state === "pending" && (
              <>
                <Button
                  size="compact-xs"
                  variant={item.id === next?.id ? "filled" : "default"}
                  leftSection={<IconPlayerPlay size={14} />}
                  data-testid="item-start"
                  onClick={() => to(item, "start")}
                >
                  {t("console.script.start")}
                </Button>
                <Skip name={t("console.script.skip", { title: item.title })} onClick={() => setSkipping(item)} />
              </>
            )}
            {item.state === "running" && (
              <Button
                size="compact-xs"
                leftSection={<IconCheck size={14} />}
                data-testid="item-stop"
                onClick={() => to(item, "stop")}
              >
                {t("console.script.stop")}
              </Button>
            )}
            {(item.state === "done" || item.state === "waived") && (
              <ActionIcon
                variant="subtle"
                size={24}
                aria-label={t("console.script.reopen", { title: item.title })}
                title={t("console.script.reopen", { title: item.title })}
                onClick={() => to(item, "reopen")}
              >
                <IconRestore size={14} />
              </ActionIcon>
            )}
          </li>
        ))}
      </ol>
      <AddItem items={items} act={act} />
      {skipping && (
        <SkipDialog
          item={skipping}
          onClose={() => setSkipping(null)}
          onSkip={(reason) => {
            to(skipping, "skip", { reason });
            setSkipping(null);
          }}
        />
      )}
    </Card>
  );
}

/** One more item at the end. */
function AddItem({ items, act }: { items: ScriptItemView[]; act: Act }) {
  const { t } = useTranslation();
  const [title, setTitle] = useState("");
  const add = () => {
    const kept = items.map(({ id, title, speaker, minutes, layout, documents }) => ({
      id,
      title,
      speaker,
      minutes,
      layout,
      documents,
    }));
    void act("PUT", "/script", { items: [...kept, { title }] });
    setTitle("");
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        add();
      }}
    >
      <Group gap={6} mt={6} wrap="nowrap">
        <TextInput
          size="xs"
          style={{ flex: 1 }}
          aria-label={t("console.script.newItem")}
          placeholder={t("console.script.newItem")}
          value={title}
          maxLength={200}
          data-testid="item-title"
          onChange={(event) => setTitle(event.currentTarget.value)}
        />
        <Button size="xs" type="submit" variant="light" disabled={!title.trim()} data-testid="item-add">
          {t("console.script.add")}
        </Button>
      </Group>
    </form>
  );
}

function Skip({ name, onClick }: { name: string; onClick: () => void }) {
  return (
    <ActionIcon variant="default" size={24} aria-label={name} title={name} data-testid="item-skip" onClick={onClick}>
      <IconPlayerSkipForward size={14} />
    </ActionIcon>
  );
}

interface DialogProps {
  item: ScriptItemView;
  onClose: () => void;
  onSkip: (reason: string) => void;
}

function SkipDialog({ item, onClose, onSkip }: DialogProps) {
  const { t } = useTranslation();
  const [reason, setReason] = useState("");
  return (
    <Modal
      opened
      centered
      onClose={onClose}
      title={t("console.script.skip", { title: item.title })}
      closeButtonProps={{ "aria-label": t("app.close") }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          onSkip(reason);
        }}
      >
        <TextInput
          label={t("console.script.reason")}
          value={reason}
          maxLength={500}
          data-autofocus
          data-testid="skip-reason"
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        <Group justify="flex-end" mt="md">
          <Button type="submit" disabled={!reason.trim()} data-testid="skip-send">
            {t("console.script.skipYes")}
          </Button>
        </Group>
      </form>
    </Modal>
  );
}
