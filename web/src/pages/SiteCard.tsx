import { Card, Group, Select, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { ConsoleView, SiteBar } from "../api/console";
import { OVER, type ProfileView, type SessionView } from "../api/types";
import { useApi } from "../api/useApi";
import { language } from "../i18n";
import { mbps } from "../ui/format";
import { Plot } from "../ui/Plot";
import type { Act } from "./LiveSession";

interface Props {
  session: SessionView;
  view: ConsoleView | null;
  act: Act;
}

/** The site's line: what is used of it, what is kept for voices, where it ends; and the profile that says so. */
export function SiteCard({ session, view, act }: Props) {
  const { t } = useTranslation();
  const { profiles } = useProfiles();
  return (
    <Card withBorder padding="sm" className="site-card" data-testid="site-panel">
      <Group justify="space-between" align="stretch" wrap="nowrap" gap="md">
        <div className="site-line">{view ? <Bar site={view.site} /> : <Text fw={600}>{t("live.site")}</Text>}</div>
        {view && <SitePlot view={view} />}
        <Select
          size="xs"
          className="site-profile"
          title={profiles.find((each) => each.value === session.profile)?.label ?? ""}
          label={t("live.profile")}
          data={profiles}
          value={session.profile}
          allowDeselect={false}
          disabled={OVER.includes(session.state)}
          error={session.profile_fault || undefined}
          data-testid="session-profile"
          onChange={(value) => value && void act("PUT", "/profile", { profile: value })}
        />
      </Group>
    </Card>
  );
}

/** The profiles to choose from. */
export function useProfiles(): { profiles: { value: string; label: string }[] } {
  const found = useApi<{ profiles: ProfileView[] }>("/profiles");
  return {
    profiles: (found.data?.profiles ?? [])
      .filter((each) => each.ok)
      .map((each) => ({ value: each.name, label: language() === "vi" ? each.title_vi : each.title_en })),
  };
}

function Bar({ site }: { site: SiteBar }) {
  const { t } = useTranslation();
  const whole = Math.max(site.line_bps, site.limit_bps, 1);
  const part = (bps: number) => `${(100 * Math.min(Math.max(bps, 0), whole)) / whole}%`;
  const text = t("live.siteText", { used: mbps(site.used_bps), limit: mbps(site.limit_bps) });
  const full = site.wanted_bps > site.limit_bps;
  return (
    <>
      <Group gap={10} mb={6} align="baseline">
        <Text fw={600} component="h2">
          {t("live.site")}
        </Text>
        <Text size="sm" data-testid="site-text">
          {text}
          {full ? ` · ${t("live.siteFull", { wanted: mbps(site.wanted_bps) })}` : ""}
        </Text>
      </Group>
      <div className="site-bar" role="img" aria-label={`${t("live.site")}: ${text}`} data-full={full}>
        <span className="voices" style={{ width: part(site.reserved_bps) }} />
        <span className="pictures" style={{ width: part(site.used_bps - site.reserved_bps) }} />
        <i style={{ left: part(site.limit_bps) }} />
      </div>
      <Text size="xs" c="dimmed" mt={5} className="site-key">
        <span data-key="voices">{t("live.siteVoices", { bps: mbps(site.reserved_bps) })}</span>
        <span data-key="pictures" data-full={full}>
          {t("live.sitePictures", { bps: mbps(site.used_bps - site.reserved_bps) })}
        </span>
        <span data-key="limit">{t("live.siteLine", { bps: mbps(site.line_bps) })}</span>
      </Text>
    </>
  );
}

function SitePlot({ view }: { view: ConsoleView }) {
  const { t } = useTranslation();
  const { times, columns } = view.site_history;
  const inMegabits = (name: string) => (columns[name] ?? []).map((bps) => (bps === null ? null : bps / 1e6));
  return (
    <div className="site-plot">
      <Text size="xs" c="dimmed">
        {t("live.siteSent", { bps: mbps(view.site.sent_bps) })}
      </Text>
      <Plot
        small
        title={t("live.sitePlot")}
        times={times}
        height={52}
        lines={[
          { label: t("live.sent"), colour: "#28548c", fill: "rgba(40,84,140,0.12)", values: inMegabits("sent_bps") },
          { label: t("live.limit"), colour: "#be3b28", dash: [4, 4], values: inMegabits("limit_bps") },
        ]}
      />
    </div>
  );
}
