import { Button, Checkbox, Group, Text, TextInput } from "@mantine/core";
import { IconCircleCheck } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Engine, EngineState } from "../../endpoint/engine";
import { dateTime } from "../../ui/format";

/** House rules and the notice of recording: read aloud, then ticked by a local officer with his name. */
export function NoticeForm({ engine, state, onDone }: { engine: Engine; state: EngineState; onDone?: () => void }) {
  const { t } = useTranslation();
  const [name, setName] = useState("");
  const [ticked, setTicked] = useState(false);
  const notice = state.room?.notice;
  if (!notice) return null;
  if (notice.at) {
    return (
      <Text className="notice-done" data-testid="notice-done">
        <IconCircleCheck size={20} aria-hidden />{" "}
        {t("room.notice.done", { name: notice.by, time: dateTime(notice.at) })}
      </Text>
    );
  }
  return (
    <form
      className="notice-form"
      data-testid="notice-form"
      onSubmit={(event) => {
        event.preventDefault();
        engine.talk.acknowledge(name.trim(), notice.version);
        onDone?.();
      }}
    >
      <h2>{t("room.notice.title")}</h2>
      <p className="notice-banner">{notice.banner}</p>
      <div className="notice-texts">
        <div>
          <h3>{t("room.notice.recording")}</h3>
          <p>{notice.notice}</p>
        </div>
        <div>
          <h3>{t("room.notice.rules")}</h3>
          <p className="notice-long">{notice.rules}</p>
        </div>
      </div>
      {notice.regulation && (
        <div data-testid="regulation">
          <h3 id="regulation">{t("room.notice.regulation")}</h3>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a long text is scrolled by keyboard too */}
          <section className="notice-regulation notice-long" tabIndex={0} aria-labelledby="regulation">
            {notice.regulation}
          </section>
        </div>
      )}
      <Checkbox
        size="md"
        label={notice.acknowledgement}
        checked={ticked}
        data-testid="notice-tick"
        onChange={(event) => setTicked(event.currentTarget.checked)}
      />
      <Group align="flex-end" mt="sm">
        <TextInput
          style={{ flex: 1 }}
          label={t("room.notice.name")}
          description={t("room.notice.nameHint")}
          value={name}
          maxLength={120}
          autoComplete="off"
          data-testid="notice-name"
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Button type="submit" disabled={!ticked || !name.trim()} data-testid="notice-send">
          {t("room.notice.send")}
        </Button>
      </Group>
      <Text size="xs" c="dimmed" mt={6}>
        {t("room.notice.version", { version: notice.version })}
      </Text>
    </form>
  );
}
