import { Button, Group, Text, TextInput } from "@mantine/core";
import { IconSend } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Engine, EngineState } from "../../endpoint/engine";
import { timeOfDay } from "../../ui/format";

/** In the technician's drawer: to the operators and back. The room's screen never shows it. */
export function TechnicalTalk({ engine, state }: { engine: Engine; state: EngineState }) {
  const { t } = useTranslation();
  const [text, setText] = useState("");
  return (
    <section aria-label={t("technical.title")} data-testid="technical-talk">
      <Text fw={600}>{t("technical.title")}</Text>
      <ol className="technical" aria-live="polite">
        {state.technical.map((line) => (
          <li key={line.id} data-site={!line.own}>
            <small>
              {timeOfDay(line.at)} · {line.by}
            </small>
            <span>{line.text}</span>
          </li>
        ))}
      </ol>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          engine.talk.technical(text.trim());
          setText("");
        }}
      >
        <Group align="flex-end" wrap="nowrap">
          <TextInput
            style={{ flex: 1 }}
            label={t("technical.toOperators")}
            value={text}
            maxLength={500}
            data-testid="technical-text"
            onChange={(event) => setText(event.currentTarget.value)}
          />
          <Button
            type="submit"
            disabled={!text.trim()}
            leftSection={<IconSend size={16} />}
            data-testid="technical-send"
          >
            {t("technical.send")}
          </Button>
        </Group>
      </form>
    </section>
  );
}
