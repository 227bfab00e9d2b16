import { Card, Group, List, SegmentedControl, Select, SimpleGrid, Stack, Table, Text, Title } from "@mantine/core";
import type { TFunction } from "i18next";
import { useCallback, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Cut, CutList, Level, Phase, Simulation } from "../api/simulation";
import { language } from "../i18n";
import { mbps, percent } from "../ui/format";
import { TimeChart } from "../ui/TimeChart";
import {
  type Finding,
  findings,
  levelParts,
  measuredDifference,
  mostTroubled,
  troubleOf,
  verdict,
} from "./simulateWords";

const NAVY = "#28548c";
const GOLD = "#b8860b";
const RED = "#a52a1c";
const GREY = "#8a95a3";
const LEVELS = { enough: "good", nearly: "fair", notEnough: "poor" };

/** central, delegate-3, delegates, site → as people call them. */
export function endpointName(t: TFunction, name: string): string {
  const [kind, n] = name.split("-");
  return n ? t("simulate.name.delegate", { n }) : t(`simulate.name.${kind}`);
}

export function SimulateResult({ result }: { result: Simulation }) {
  const { t } = useTranslation();
  return (
    <Stack gap="lg" data-testid="simulate-result">
      <Sentences result={result} />
      <PhaseTables result={result} />
      <Pictures key={mostTroubled(result)} result={result} />
      <Title order={2} size="h4">
        {t("simulate.cutTitle")}
      </Title>
      <SimpleGrid cols={{ base: 1, md: 2 }}>
        {result.cuts.map((cuts) => (
          <CutCard key={cuts.line} cuts={cuts} />
        ))}
      </SimpleGrid>
    </Stack>
  );
}

function Sentences({ result }: { result: Simulation }) {
  const { t } = useTranslation();
  const found = findings(result);
  const { fits } = result;
  const most = (count: number) => t(count === fits.most ? "simulate.countOrMore" : "simulate.count", { count });
  return (
    <Card withBorder padding="md" data-testid="simulate-verdict">
      <Group gap="sm" mb="xs">
        <span className="light" data-level={LEVELS[verdict(result)]} />
        <Text fw={600} size="lg">
          {t(`simulate.${verdict(result)}`)}
        </Text>
      </Group>
      <Stack gap={6}>
        {found.map((each) => (
          <FindingText key={`${each.trouble}-${each.fromS}`} found={each} result={result} />
        ))}
        <Text>
          {t("simulate.fits", { every: most(fits.every_picture), stage: most(fits.stage) })}{" "}
          {fits.limit !== "none" && t(`simulate.limit.${fits.limit}`)}
        </Text>
        <Text>{t("simulate.complete", { share: percent(fits.complete) })}</Text>
        <MeasuredText result={result} />
      </Stack>
    </Card>
  );
}

function FindingText({ found, result }: { found: Finding; result: Simulation }) {
  const { t } = useTranslation();
  const names = found.names.map((name) => endpointName(t, name)).join(", ");
  const everybody = found.names.length === result.curves.length;
  const stage = result.cuts.find((cuts) => cuts.line === "delegate")?.cuts.find((cut) => stops(cut, "stage"));
  return (
    <Text>
      {result.phases.length > 1 && t("simulate.between", { from: found.fromS, to: found.toS })}
      {t(`simulate.trouble.${found.trouble}`, {
        names: everybody ? t("simulate.everybody") : names,
        share: percent(found.worst),
        count: found.worst,
        ms: Math.round(found.worst),
        need: stage ? mbps(stage.at_bps) : "–",
      })}
    </Text>
  );
}

function stops(cut: Cut, what: Cut["what"]): boolean {
  return cut.what === what && !cut.after.height;
}

function MeasuredText({ result }: { result: Simulation }) {
  const { t } = useTranslation();
  const difference = measuredDifference(result);
  const run = result.measured;
  if (!run || difference === null) return <Text c="dimmed">{t("simulate.unmeasured")}</Text>;
  const signed = (share: number) => `${share > 0 ? "+" : ""}${percent(share)}`;
  return (
    <Text data-testid="simulate-measured">
      {t("simulate.measured", {
        date: run.measured_on.split("-").reverse().join("/"),
        title: language() === "vi" ? run.title_vi : run.title_en,
        mean: signed(difference),
        worst: signed(run.worst_gets),
        name: endpointName(t, run.worst_endpoint),
      })}
    </Text>
  );
}

function PhaseTables({ result }: { result: Simulation }) {
  const { t } = useTranslation();
  const [index, setIndex] = useState(String(result.phases.length - 1));
  const phase = result.phases[Number(index)] ?? result.phases[0];
  if (!phase) return null;
  return (
    <Card withBorder padding="md">
      <Group justify="space-between" mb="xs">
        <Text>{t("simulate.siteUsed", { used: mbps(phase.site_used_bps), line: mbps(phase.site_up_bps) })}</Text>
        {result.phases.length > 1 && (
          <SegmentedControl
            value={index}
            onChange={setIndex}
            aria-label={t("simulate.phase")}
            data={result.phases.map((each, at) => ({
              value: String(at),
              label: t("simulate.phaseLabel", { from: each.from_s, to: each.to_s }),
            }))}
          />
        )}
      </Group>
      <PhaseTable phase={phase} delegates={result.case.delegates} />
    </Card>
  );
}

const COLUMNS = [
  "endpoint",
  "lineUpDown",
  "sends",
  "gets",
  "estimate",
  "stage",
  "others",
  "voiceLoss",
  "queue",
] as const;

function PhaseTable({ phase, delegates }: { phase: Phase; delegates: number }) {
  const { t } = useTranslation();
  return (
    <Table.ScrollContainer minWidth={900}>
      <Table striped style={{ fontVariantNumeric: "tabular-nums" }} data-testid="simulate-table">
        <Table.Thead>
          <Table.Tr>
            {COLUMNS.map((name) => (
              <Table.Th key={name}>{t(`simulate.column.${name}`)}</Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {phase.endpoints.map((each) => (
            <Table.Tr key={each.name}>
              <Table.Td>
                <Group gap="xs" wrap="nowrap">
                  <span className="light" data-level={troubleOf(each, delegates) ? "poor" : "good"} />
                  {endpointName(t, each.name)}
                </Group>
              </Table.Td>
              <Table.Td>
                {mbps(each.line_up_bps)} / {mbps(each.line_down_bps)}
              </Table.Td>
              <Table.Td>{mbps(each.sends_bps)}</Table.Td>
              <Table.Td>{mbps(each.gets_bps)}</Table.Td>
              <Table.Td>{mbps(each.estimate_bps)}</Table.Td>
              <Table.Td>{levelText(t, { height: each.stage_height, motion: each.stage_motion })}</Table.Td>
              <Table.Td>
                {t("simulate.othersCell", {
                  count: Math.max(0, each.pictures - (each.stage_height ? 1 : 0)),
                  of: delegates - 1,
                })}
                {each.others_height ? ` (${each.others_height}p)` : ""}
              </Table.Td>
              <Table.Td>{percent(each.voice_loss)}</Table.Td>
              <Table.Td>{Math.round(each.queue_p95_ms)} ms</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

function levelText(t: TFunction, level: Level): string {
  const parts = levelParts(level);
  if (!parts) return t("simulate.none");
  return parts.share ? t("simulate.slowLevel", parts) : t("simulate.level", parts);
}

function Pictures({ result }: { result: Simulation }) {
  const { t } = useTranslation();
  const [name, setName] = useState(mostTroubled(result));
  const rate = useCallback((bps: number) => `${mbps(bps)}`, []);
  const pixels = useCallback((height: number) => (height ? `${Math.round(height)}p` : "0"), []);
  const lines = useMemo(() => linesOf(result, name, t), [result, name, t]);
  return (
    <Card withBorder padding="md">
      <Stack gap="md">
        <TimeChart title={t("simulate.chart.site")} times={result.times_s} lines={lines.site} format={rate} />
        <Select
          w={280}
          label={t("simulate.curvesOf")}
          data={result.curves.map((each) => ({ value: each.name, label: endpointName(t, each.name) }))}
          value={name}
          onChange={(value) => setName(value ?? name)}
          allowDeselect={false}
        />
        <TimeChart title={t("simulate.chart.rates")} times={result.times_s} lines={lines.rates} format={rate} />
        <TimeChart
          title={t("simulate.chart.stage")}
          times={result.times_s}
          lines={lines.stage}
          format={pixels}
          height={150}
          marks={lines.heights}
        />
      </Stack>
    </Card>
  );
}

function linesOf(result: Simulation, name: string, t: TFunction) {
  const curves = result.curves.find((each) => each.name === name) ?? result.curves[0];
  const label = (key: string) => t(`simulate.curve.${key}`);
  const limit = result.times_s.map(() => result.site_media_bps);
  return {
    site: [
      { label: label("used"), values: result.site_used_bps, colour: NAVY },
      { label: label("limit"), values: limit, colour: GREY, dashed: true },
    ],
    rates: curves
      ? [
          { label: label("gets"), values: curves.gets_bps, colour: NAVY },
          { label: label("sends"), values: curves.sends_bps, colour: GOLD },
          { label: label("estimate"), values: curves.estimate_bps, colour: RED, dashed: true },
          { label: label("line"), values: curves.line_down_bps, colour: GREY, dashed: true, steps: true },
        ]
      : [],
    heights: [0, ...new Set(curves?.stage_height.filter((height) => height))].sort((a, b) => a - b),
    stage: curves ? [{ label: label("stage"), values: curves.stage_height, colour: NAVY, steps: true }] : [],
  };
}

function CutCard({ cuts }: { cuts: CutList }) {
  const { t } = useTranslation();
  const from = mbps(cuts.from_bps);
  return (
    <Card withBorder padding="md" data-testid={`cuts-${cuts.line}`}>
      <Text fw={600} mb="xs">
        {t(`simulate.cutLine.${cuts.line}`, { from })}
      </Text>
      <List type="ordered">
        {cuts.cuts.map((cut) => (
          <List.Item key={`${cut.what}-${cut.at_bps}-${cut.after.height}-${cut.after.motion}`}>
            {t("simulate.below", { rate: mbps(cut.at_bps) })} {cutText(t, cut, cuts.line === "site")}
          </List.Item>
        ))}
      </List>
    </Card>
  );
}

function cutText(t: TFunction, cut: Cut, rooms: boolean): string {
  if (cut.what === "voices") return t("simulate.cut.voices");
  const where = rooms ? t("simulate.inRooms", { count: cut.rooms }) : "";
  const same = cut.after.height === cut.before.height;
  const kind = !cut.after.height ? "gone" : same ? "slower" : "smaller";
  const words = { before: levelText(t, cut.before), after: levelText(t, cut.after), ...levelParts(cut.after) };
  return `${t(`simulate.cut.${cut.what}.${kind}`, words)}${where}`;
}
