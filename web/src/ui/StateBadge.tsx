import { Badge } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { SessionView } from "../api/types";

const COLOURS: Record<SessionView["state"], string> = {
  draft: "gray",
  awaiting_approval: "yellow",
  scheduled: "navy",
  technical_check: "cyan.9",
  ready: "teal.9",
  live: "lacquer",
  paused: "yellow.8",
  interrupted: "orange.8",
  ended: "navy",
  archived: "gray",
  postponed: "orange",
  cancelled: "gray",
};
const STRONG = ["technical_check", "ready", "live", "paused", "interrupted"];

export function StateBadge({ state }: { state: SessionView["state"] }) {
  const { t } = useTranslation();
  return (
    <Badge size="lg" color={COLOURS[state]} variant={STRONG.includes(state) ? "filled" : "light"}>
      {t(`state.${state}`)}
    </Badge>
  );
}
