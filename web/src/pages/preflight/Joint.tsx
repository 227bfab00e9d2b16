import { Button, Card, Group, Stack, Text, Title } from "@mantine/core";
import { IconGauge } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { dateTime } from "../../ui/format";
import type { EndpointPreflight, JointView } from "./types";
import { decimal } from "./words";

/** All lines at once: what each endpoint got and sent, and the site's line. */
export function Joint(props: {
  joint: JointView | null;
  endpoints: EndpointPreflight[];
  onStart: () => void;
  disabled: boolean;
}) {
  const { t } = useTranslation();
  const { joint } = props;
  const running = joint?.phase === "waiting" || joint?.phase === "running";
  return (
    <Card withBorder padding="md" data-testid="joint">
      <Group justify="space-between" align="flex-start" wrap="nowrap">
        <Stack gap={2}>
          <Title order={2} size="h4">
            {t("preflight.joint.title")}
          </Title>
          <Text size="sm">{t("preflight.joint.text")}</Text>
        </Stack>
        <Button
          leftSection={<IconGauge size={18} />}
          loading={running}
          disabled={props.disabled}
          onClick={props.onStart}
          data-testid="start-joint"
        >
          {t("preflight.joint.start")}
        </Button>
      </Group>
      {joint && joint.phase !== "none" && <Found joint={joint} endpoints={props.endpoints} />}
    </Card>
  );
}

function Found({ joint, endpoints }: { joint: JointView; endpoints: EndpointPreflight[] }) {
  const { t } = useTranslation();
  const nobody = joint.phase === "done" && joint.endpoints.every((each) => each.state !== "done");
  const told = {
    waiting: t("preflight.joint.waiting", { seconds: Math.ceil(joint.begins_in_s) }),
    running: t("preflight.joint.running"),
    done: nobody ? t("preflight.joint.none") : t("preflight.joint.done", { at: dateTime(joint.started_at) }),
    none: "",
  }[joint.phase];
  return (
    <div>
      <Text mt="sm" fw={600} data-testid="joint-phase" data-phase={joint.phase}>
        {told}
      </Text>
      <table className="check-table joint-table">
        <thead>
          <tr>
            <th scope="col">{t("preflight.joint.endpoint")}</th>
            <th scope="col">{t("preflight.joint.down")}</th>
            <th scope="col">{t("preflight.joint.up")}</th>
            <th scope="col">{t("preflight.joint.loss")}</th>
            <th scope="col">{t("preflight.joint.rtt")}</th>
            <th scope="col">{t("preflight.joint.percent")}</th>
          </tr>
        </thead>
        <tbody>
          {joint.endpoints.map((each) => {
            const value = (key: string) => Number(each.values[key] ?? 0);
            const done = each.state === "done";
            const of = (got: number, asked: number) =>
              t("preflight.joint.of", { got: decimal(got), asked: decimal(asked) });
            return (
              <tr key={each.endpoint_id} data-testid={`joint-${each.endpoint_id}`}>
                <th scope="row">{endpoints.find((one) => one.endpoint_id === each.endpoint_id)?.name}</th>
                {done ? (
                  <>
                    <td>{of(value("network.down_mbps"), each.asked_down_mbps)}</td>
                    <td>{each.asked_up_mbps ? of(value("network.up_mbps"), each.asked_up_mbps) : "–"}</td>
                    <td>
                      {decimal(value("network.loss_down_percent"))} / {decimal(value("network.loss_up_percent"))} %
                    </td>
                    <td>{decimal(value("network.rtt_ms"))} ms</td>
                    <td>{decimal(value("network.joint_percent"))} %</td>
                  </>
                ) : (
                  <td colSpan={5}>{t(`preflight.joint.state.${each.state}`)}</td>
                )}
              </tr>
            );
          })}
        </tbody>
        {joint.down_mbps > 0 && (
          <tfoot>
            <tr data-testid="joint-site">
              <th scope="row">{t("preflight.joint.site")}</th>
              <td>
                {t("preflight.joint.of", { got: decimal(joint.down_mbps), asked: decimal(joint.line_down_mbps) })}
              </td>
              <td>{t("preflight.joint.of", { got: decimal(joint.up_mbps), asked: decimal(joint.line_up_mbps) })}</td>
              <td colSpan={2} />
              <td>
                {decimal(joint.down_percent)} / {decimal(joint.up_percent)} %
              </td>
            </tr>
          </tfoot>
        )}
      </table>
    </div>
  );
}
