import { Badge, Text } from "@mantine/core";
import { IconAlertTriangle, IconCircleCheck, IconCpu, IconRouter, IconServer } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { Cause, Trouble } from "../api/console";
import { type Told, tell } from "../ui/troubles";

const ICONS = { endpoint_line: IconRouter, site_line: IconRouter, device: IconCpu, server: IconServer };
export const CAUSE_COLOURS: Record<Cause, string> = {
  endpoint_line: "orange.8",
  site_line: "lacquer",
  device: "grape.8",
  server: "lacquer",
};

/** For each endpoint in trouble one sentence that says where it lies, and what to do. */
export function TroublePanel({ troubles, nameOf }: { troubles: Trouble[]; nameOf: (id: string) => string }) {
  const { t } = useTranslation();
  const told = tell(troubles, nameOf);
  if (!told.length) {
    return (
      <Text className="no-trouble" size="sm" data-testid="no-trouble">
        <IconCircleCheck size={18} aria-hidden /> {t("trouble.none")}
      </Text>
    );
  }
  return (
    <section className="troubles" aria-label={t("trouble.title")} data-testid="troubles">
      <ul>
        {told.map((each) => (
          <Entry key={`${each.trouble.endpoint_id}/${each.sentence}`} told={each} />
        ))}
      </ul>
    </section>
  );
}

function Entry({ told }: { told: Told }) {
  const { t } = useTranslation();
  const { cause } = told.trouble;
  const Icon = ICONS[cause] ?? IconAlertTriangle;
  return (
    <li data-cause={cause} data-testid="trouble">
      <Icon size={22} aria-hidden />
      <div>
        <strong data-testid="trouble-sentence">{t(`trouble.${told.sentence}`, told.values)}</strong>
        <span>
          {" "}
          {t("trouble.do")} {t(`trouble.remedy.${told.remedy}`)}
        </span>
      </div>
      <div className="trouble-tags">
        <Badge color={CAUSE_COLOURS[cause]}>{t(`trouble.cause.${cause}`)}</Badge>
        <Text size="xs" c="dimmed">
          {t(`trouble.${told.sureness}`)}
        </Text>
      </div>
    </li>
  );
}
