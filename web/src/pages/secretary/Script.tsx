import { Badge, Button, Card, Group, Text } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Matter } from "../../api/case";
import type { ScriptItemView } from "../../api/room";
import { MatterForm } from "./MatterForm";
import { TurnAway } from "./TurnAway";
import type { Send } from "./useCase";

interface Props {
  items: ScriptItemView[];
  matters: Matter[];
  /** The item that runs, "": none. */
  now: string;
  chosen: string;
  onChoose: (item: string | null) => void;
  writes: boolean;
  turnsAway: boolean;
  send: Send;
}

const NONE: Omit<Matter, "item_id"> = {
  kind: "khieu_nai",
  summary: "",
  resolved_by: "",
  handling: "",
  result: "",
  outcome: "",
  refusal_ground: "",
  follow_up: "",
  note: "",
  by: "",
  changed_at: null,
};

/** The script beside the notes: each item with its outcome; the chosen one's matter below. */
export function Script({ items, matters, now, chosen, onChoose, writes, turnsAway, send }: Props) {
  const { t } = useTranslation();
  const [turning, setTurning] = useState<"refuse" | "in_person" | null>(null);
  const matter = matters.find((each) => each.item_id === chosen) ?? { ...NONE, item_id: chosen };
  const title = items.find((each) => each.id === chosen)?.title ?? t("case.wholeSession");
  const rows = [...items, { id: "", title: t("case.wholeSession"), state: "pending", speaker: "" }];
  return (
    <div className="secretary-column">
      <Card withBorder padding="sm">
        <Text fw={600} component="h2" mb={6}>
          {t("console.script.title")}
        </Text>
        <ol className="secretary-script" data-testid="secretary-script">
          {rows.map((item) => {
            const outcome = matters.find((each) => each.item_id === item.id)?.outcome;
            return (
              <li key={item.id} data-state={item.state} data-now={item.id !== "" && item.id === now}>
                <button
                  type="button"
                  aria-pressed={item.id === chosen}
                  data-testid={`choose-${item.id || "whole"}`}
                  onClick={() => onChoose(item.id === now ? null : item.id)}
                >
                  <span>
                    {item.title}
                    {item.speaker && <small>{item.speaker}</small>}
                  </span>
                  {item.id !== "" && item.id === now && <Badge color="teal.9">{t("case.runs")}</Badge>}
                  {outcome && (
                    <Badge variant="light" color={outcome === "tu_choi" ? "lacquer" : "navy"} data-testid="outcome">
                      {t(`case.outcome.${outcome}`)}
                    </Badge>
                  )}
                </button>
              </li>
            );
          })}
        </ol>
      </Card>
      <Card withBorder padding="sm">
        <MatterForm key={chosen} matter={matter} title={title} writes={writes} send={send} />
        {turnsAway && (
          <Group gap="xs" mt="sm">
            <Button
              size="xs"
              variant="light"
              color="lacquer"
              data-testid="refuse-open"
              onClick={() => setTurning("refuse")}
            >
              {t("case.refuse.title")}
            </Button>
            <Button size="xs" variant="light" data-testid="in-person-open" onClick={() => setTurning("in_person")}>
              {t("case.inPerson.title")}
            </Button>
          </Group>
        )}
      </Card>
      {turning && <TurnAway kind={turning} item={chosen} title={title} onClose={() => setTurning(null)} send={send} />}
    </div>
  );
}
