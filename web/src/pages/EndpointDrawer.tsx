import { Drawer, Stack, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { ConsoleView, EndpointDetail, PictureView, Rows } from "../api/console";
import { type EndpointView, OVER, type SessionView } from "../api/types";
import { mbps, percent } from "../ui/format";
import { Plot } from "../ui/Plot";
import { Contact } from "./console/Contact";
import { EndpointLimits } from "./EndpointLimits";
import { type Act, Value } from "./LiveSession";
import { TroublePanel } from "./TroublePanel";

interface Props {
  session: SessionView;
  endpoint: EndpointView | null;
  view: ConsoleView | null;
  act: Act;
  onClose: () => void;
}

/** One endpoint in detail: its trouble, its last minutes, what it sees and why, its limits. */
export function EndpointDrawer({ session, endpoint, view, act, onClose }: Props) {
  const { t } = useTranslation();
  const nameOf = (id: string) => session.endpoints.find((each) => each.id === id)?.name ?? "";
  const rows = endpoint ? view?.history[endpoint.id] : undefined;
  const detail = view?.endpoints.find((each) => each.id === endpoint?.id) ?? null;
  return (
    <Drawer
      opened={endpoint !== null}
      onClose={onClose}
      position="right"
      size={680}
      title={endpoint?.name}
      overlayProps={{ backgroundOpacity: 0.15 }}
      closeButtonProps={{ "aria-label": t("app.close") }}
    >
      {endpoint && (
        <Stack gap="md" data-testid="endpoint-details">
          <Contact registeredId={endpoint.registered_id} />
          <TroublePanel
            troubles={view?.troubles.filter((each) => each.endpoint_id === endpoint.id) ?? []}
            nameOf={nameOf}
          />
          {rows && <Course rows={rows} />}
          {detail && <Pictures detail={detail} nameOf={nameOf} />}
          {detail && <Device endpoint={endpoint} detail={detail} />}
          {!OVER.includes(session.state) && <EndpointLimits key={endpoint.id} endpoint={endpoint} act={act} />}
        </Stack>
      )}
    </Drawer>
  );
}

function Course({ rows }: { rows: Rows }) {
  const { t } = useTranslation();
  const { times } = rows;
  const column = (name: string, factor = 1) =>
    (rows.columns[name] ?? []).map((value) => (value === null ? null : value * factor));
  return (
    <>
      <Plot
        title={t("live.plotRates")}
        times={times}
        height={150}
        unit="Mb/s"
        lines={[
          { label: t("live.estimate"), colour: "#d9a441", values: column("estimate_bps", 1e-6) },
          { label: t("live.down"), colour: "#28548c", values: column("down_bps", 1e-6) },
          { label: t("live.up"), colour: "#2f9e5b", values: column("up_bps", 1e-6) },
        ]}
      />
      <Plot
        title={t("live.plotLoss")}
        times={times}
        height={110}
        unit="%"
        top={5}
        lines={[
          { label: t("live.down"), colour: "#28548c", values: column("loss_down", 100) },
          { label: t("live.up"), colour: "#2f9e5b", values: column("loss_up", 100) },
        ]}
      />
      <Plot
        title={t("live.plotDelay")}
        times={times}
        height={110}
        unit="ms"
        top={100}
        lines={[
          { label: t("live.rtt"), colour: "#28548c", values: column("rtt_ms") },
          { label: t("live.queue"), colour: "#be3b28", values: column("queue_ms") },
        ]}
      />
      <Plot
        title={t("live.plotLayers")}
        times={times}
        height={100}
        top={3}
        whole
        lines={[
          { label: t("live.layerShown"), colour: "#28548c", stepped: true, values: layers(rows, "layer_shown") },
          { label: t("live.layerSent"), colour: "#2f9e5b", stepped: true, values: layers(rows, "layer_sent") },
        ]}
      />
    </>
  );
}

/** The lowest layer is 1, no picture 0. */
function layers(rows: Rows, name: string): (number | null)[] {
  return (rows.columns[name] ?? []).map((value) => (value === null ? null : value + 1));
}

function Pictures({ detail, nameOf }: { detail: EndpointDetail; nameOf: (id: string) => string }) {
  const { t } = useTranslation();
  if (!detail.pictures.length) return null;
  const size = (each: PictureView) => (each.layer < 0 ? t("live.noPicture") : `${each.width}×${each.height}`);
  return (
    <section>
      <Text fw={600} mb={4}>
        {t("live.pictures")}
      </Text>
      <table className="pictures" data-testid="pictures">
        <tbody>
          {detail.pictures.map((each) => (
            <tr key={`${each.endpoint_id}/${each.source}`}>
              <th scope="row">
                {each.source === "screen"
                  ? t("stage.screenOf", { name: nameOf(each.endpoint_id) })
                  : nameOf(each.endpoint_id)}
              </th>
              <td>{t(`place.${each.place}`)}</td>
              <td>
                {size(each)} {each.rid && `(${t(`live.layer.${each.rid}`, { defaultValue: each.rid })})`}
              </td>
              <td>{each.why ? t(`why.${each.why}`) : ""}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Device({ endpoint, detail }: { endpoint: EndpointView; detail: EndpointDetail }) {
  const { t } = useTranslation();
  const { browser } = detail;
  const rate = (bps: number | null) => (bps === null ? "–" : `${mbps(bps)} Mb/s`);
  return (
    <section>
      <Text fw={600} mb={4}>
        {t("live.device")}
      </Text>
      <dl className="numbers">
        <Value name={t("live.path")} value={endpoint.stats?.protocol.toUpperCase() || "–"} />
        <Value name={t("live.lineLimit")} value={rate(detail.line_bps)} />
        <Value name={t("live.wanted")} value={rate(detail.wanted_bps)} />
        <Value name={t("live.askedUp")} value={rate(detail.asked_up_bps)} />
        {browser && (
          <>
            <Value name={t("live.availableUp")} value={rate(browser.available_up_bps)} />
            <Value name={t("live.captureFps")} value={browser.capture_fps?.toFixed(0) ?? "–"} />
            <Value name={t("live.limitedCpu")} value={percent(browser.limited_cpu)} />
            <Value name={t("live.decodeDropped")} value={percent(browser.decode_dropped)} />
          </>
        )}
      </dl>
    </section>
  );
}
