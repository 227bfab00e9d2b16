import { Badge } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { SessionView } from "../api/types";

const COLOURS = { draft: "gray", live: "lacquer", paused: "yellow.8", interrupted: "orange.8", ended: "navy" };

export function StateBadge({ state }: { state: SessionView["state"] }) {
  const { t } = useTranslation();
  return (
    <Badge size="lg" color={COLOURS[state]} variant={state === "ended" || state === "draft" ? "light" : "filled"}>
      {t(`state.${state}`)}
    </Badge>
  );
}
