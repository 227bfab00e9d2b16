import { Button, Group, Text, TextInput } from "@mantine/core";
import { IconBookmark } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../../api/client";
import { locale } from "../../ui/format";

/** Marks this moment in the recording, with a few words to find it by. */
export function SetMarker({ sessionId }: { sessionId: string }) {
  const { t } = useTranslation();
  const [text, setText] = useState("");
  const [said, setSaid] = useState("");
  const [problem, setProblem] = useState("");
  const mark = async () => {
    try {
      const marker = await api<{ at: string; text: string }>("POST", `/sessions/${sessionId}/markers`, {
        text: text.trim() || t("confidence.unnamed"),
      });
      const time = new Date(marker.at).toLocaleTimeString(locale(), { timeZone: "Asia/Ho_Chi_Minh", hour12: false });
      setSaid(t("confidence.marked", { time, text: marker.text }));
      setText("");
      setProblem("");
    } catch (failure) {
      setProblem(failure instanceof Error ? failure.message : String(failure));
    }
  };
  return (
    <form
      style={{ flex: 1, minWidth: 220 }}
      onSubmit={(event) => {
        event.preventDefault();
        void mark();
      }}
    >
      <Group gap="xs" wrap="nowrap">
        <TextInput
          size="xs"
          style={{ flex: 1 }}
          aria-label={t("confidence.markerText")}
          placeholder={t("confidence.markerText")}
          maxLength={500}
          value={text}
          data-testid="marker-text"
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <Button
          type="submit"
          size="xs"
          variant="light"
          leftSection={<IconBookmark size={16} />}
          data-testid="set-marker"
        >
          {t("confidence.mark")}
        </Button>
      </Group>
      {(problem || said) && (
        <Text size="xs" c={problem ? "lacquer" : "teal.9"} role="status" data-testid="marked">
          {problem || said}
        </Text>
      )}
    </form>
  );
}
