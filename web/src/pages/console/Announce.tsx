import { ActionIcon, Button, Group, Modal, Select, Stack, Text, Textarea } from "@mantine/core";
import { IconSpeakerphone, IconX } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { SessionView } from "../../api/types";
import type { WatchView } from "../../api/watch";
import type { Act } from "../LiveSession";

/** A text on every room's screen, or on one. */
export function Announce({ session, watch, act }: { session: SessionView; watch: WatchView; act: Act }) {
  const { t } = useTranslation();
  const [opened, setOpened] = useState(false);
  const [text, setText] = useState("");
  const [endpoint, setEndpoint] = useState<string | null>(null);
  const nameOf = (id: string | null) =>
    id === null ? t("console.announce.all") : (session.endpoints.find((each) => each.id === id)?.name ?? "");
  return (
    <>
      <Button
        size="xs"
        variant="default"
        leftSection={<IconSpeakerphone size={16} />}
        data-testid="announce"
        onClick={() => setOpened(true)}
      >
        {t("console.announce.title")}
        {watch.announcements.length > 0 && ` (${watch.announcements.length})`}
      </Button>
      <Modal
        opened={opened}
        onClose={() => setOpened(false)}
        title={t("console.announce.title")}
        size="lg"
        closeButtonProps={{ "aria-label": t("app.close") }}
      >
        <Stack gap="sm">
          <Textarea
            label={t("console.announce.text")}
            value={text}
            maxLength={300}
            autosize
            minRows={2}
            data-autofocus
            data-testid="announce-text"
            onChange={(event) => setText(event.currentTarget.value)}
          />
          <Group gap={6}>
            {["break", "wait", "order"].map((key) => (
              <Button
                key={key}
                size="compact-xs"
                variant="default"
                onClick={() => setText(t(`console.announce.${key}`))}
              >
                {t(`console.announce.${key}`)}
              </Button>
            ))}
          </Group>
          <Select
            label={t("console.announce.to")}
            placeholder={t("console.announce.all")}
            clearable
            value={endpoint}
            data={session.endpoints.map((each) => ({ value: each.id, label: each.name }))}
            onChange={setEndpoint}
          />
          <Button
            disabled={!text.trim()}
            data-testid="announce-send"
            onClick={() => {
              void act("POST", "/announcements", { text, endpoint_id: endpoint });
              setText("");
              setOpened(false);
            }}
          >
            {t("console.announce.send")}
          </Button>
          {watch.announcements.map((each) => (
            <Group key={each.id} justify="space-between" wrap="nowrap">
              <Text size="sm">
                <strong>{nameOf(each.endpoint_id)}:</strong> {each.text}
              </Text>
              <ActionIcon
                variant="default"
                aria-label={`${t("console.announce.withdraw")}: ${each.text}`}
                onClick={() => void act("DELETE", `/announcements/${each.id}`)}
              >
                <IconX size={16} />
              </ActionIcon>
            </Group>
          ))}
        </Stack>
      </Modal>
    </>
  );
}
