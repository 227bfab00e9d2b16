import { Button, Group, NumberInput, Select, Text } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { EndpointView } from "../api/types";
import { language } from "../i18n";
import { mbps } from "../ui/format";
import type { Act } from "./LiveSession";
import { useProfiles } from "./SiteCard";

const AS_SESSION = "";

/** A profile of its own and caps for one endpoint, put into force while it is live. */
export function EndpointLimits({ endpoint, act }: { endpoint: EndpointView; act: Act }) {
  const { t } = useTranslation();
  const { profiles } = useProfiles();
  const [down, setDown] = useState(inMegabits(endpoint.cap_down_bps));
  const [up, setUp] = useState(inMegabits(endpoint.cap_up_bps));
  const change = (body: object) => void act("PATCH", `/endpoints/${endpoint.id}`, body);
  return (
    <section data-testid="endpoint-limits">
      <Text fw={600} mb={4}>
        {t("limits.title")}
      </Text>
      {endpoint.limits && (
        <Text size="sm" c="dimmed" mb={6} data-testid="limits-now">
          {t("limits.now", { down: mbps(endpoint.limits.down_bps), up: mbps(endpoint.limits.up_bps) })}
        </Text>
      )}
      <form
        onSubmit={(event) => {
          event.preventDefault();
          change({ cap_down_bps: inBits(down), cap_up_bps: inBits(up) });
        }}
      >
        <Group align="flex-end" gap="sm" wrap="nowrap">
          <Cap label={t("limits.down")} value={down} onChange={setDown} testid="cap-down" />
          {endpoint.role !== "observer" && <Cap label={t("limits.up")} value={up} onChange={setUp} testid="cap-up" />}
          <Button type="submit" variant="light" data-testid="set-caps">
            {t("limits.set")}
          </Button>
          <Button
            variant="default"
            data-testid="clear-caps"
            disabled={endpoint.cap_down_bps === null && endpoint.cap_up_bps === null}
            onClick={() => {
              setDown("");
              setUp("");
              change({ cap_down_bps: null, cap_up_bps: null });
            }}
          >
            {t("limits.clear")}
          </Button>
        </Group>
      </form>
      <Select
        mt="sm"
        label={t("limits.profile")}
        data={[{ value: AS_SESSION, label: t("limits.asSession") }, ...profiles]}
        value={endpoint.profile ?? AS_SESSION}
        allowDeselect={false}
        data-testid="endpoint-profile"
        onChange={(value) => change({ profile: value || null })}
      />
    </section>
  );
}

interface CapProps {
  label: string;
  value: number | string;
  onChange: (value: number | string) => void;
  testid: string;
}

function Cap({ label, value, onChange, testid }: CapProps) {
  const { t } = useTranslation();
  return (
    <NumberInput
      label={label}
      placeholder={t("limits.none")}
      value={value}
      onChange={onChange}
      min={0.064}
      max={1000}
      step={0.5}
      decimalScale={3}
      decimalSeparator={language() === "vi" ? "," : "."}
      suffix=" Mb/s"
      data-testid={testid}
    />
  );
}

function inMegabits(bps: number | null): number | string {
  return bps === null ? "" : bps / 1e6;
}

function inBits(value: number | string): number | null {
  return typeof value === "number" ? Math.round(value * 1e6) : null;
}
