import { Button, Group, Modal, Select, Text, Textarea } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { GROUNDS } from "../../api/case";
import type { Send } from "./useCase";

interface Props {
  kind: "refuse" | "in_person";
  /** Of the script; "": the session as a whole. */
  item: string;
  title: string;
  onClose: () => void;
  send: Send;
}

/** "Từ chối tiếp" with its ground, or "Đề nghị tiếp trực tiếp": both with words that the minutes will have. */
export function TurnAway({ kind, item, title, onClose, send }: Props) {
  const { t } = useTranslation();
  const [ground, setGround] = useState<string | null>(null);
  const [text, setText] = useState("");
  const refuse = kind === "refuse";
  const words = refuse ? "case.refuse" : "case.inPerson";
  const go = async () => {
    const done = refuse
      ? await send("POST", "/refusal", { item_id: item, ground, text })
      : await send("POST", "/in-person", { item_id: item, reason: text });
    if (done) onClose();
  };
  return (
    <Modal
      opened
      centered
      onClose={onClose}
      title={t(`${words}.title`)}
      closeButtonProps={{ "aria-label": t("app.close") }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void go();
        }}
      >
        <Text size="sm">{t(`${words}.text`, { title })}</Text>
        {refuse && (
          <Select
            mt="sm"
            label={t("case.refuse.ground")}
            data={GROUNDS.map((value) => ({ value, label: t(`case.ground.${value}`) }))}
            value={ground}
            required
            data-testid="refuse-ground"
            onChange={setGround}
          />
        )}
        <Textarea
          mt="sm"
          label={t(`${words}.reason`)}
          value={text}
          autosize
          minRows={3}
          maxLength={1000}
          required
          data-testid="turn-away-text"
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <Group justify="flex-end" mt="md">
          <Button variant="default" onClick={onClose}>
            {t("app.cancel")}
          </Button>
          <Button
            type="submit"
            color={refuse ? "lacquer" : "navy"}
            disabled={!text.trim() || (refuse && !ground)}
            data-testid="turn-away-send"
          >
            {t(`${words}.yes`)}
          </Button>
        </Group>
      </form>
    </Modal>
  );
}
