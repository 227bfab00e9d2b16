import { Badge } from "@mantine/core";
import { IconFileAlert, IconFileCheck, IconStarFilled, IconVolume } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { EndpointDetail, PictureView, Rows, Trouble } from "../api/console";
import { useMe } from "../api/me";
import type { RoomView } from "../api/room";
import { type EndpointView, OVER, type SessionView } from "../api/types";
import type { Question } from "../ui/confirm";
import { dateTime, mbps, percent } from "../ui/format";
import { Plot } from "../ui/Plot";
import { EndpointActions } from "./EndpointActions";
import type { Act } from "./LiveSession";
import { CAUSE_COLOURS } from "./TroublePanel";

interface Props {
  session: SessionView;
  endpoint: EndpointView;
  room: RoomView | null;
  picture: string | null;
  rows: Rows | null;
  detail: EndpointDetail | null;
  troubles: Trouble[];
  act: Act;
  ask: (question: Question) => void;
  open: () => void;
}

export function EndpointRow(props: Props) {
  const { session, endpoint, room, picture, rows, detail, troubles, act, ask, open } = props;
  const { t } = useTranslation();
  const { may } = useMe();
  const level = { connected: endpoint.quality, reconnecting: "poor", connecting: "fair" }[
    endpoint.state as "connected"
  ];
  const stats = endpoint.stats;
  const trouble = troubles[0];
  return (
    <tr data-testid={`endpoint-card-${endpoint.id}`}>
      <th scope="row">
        <div className="site">
          <span className="light" data-level={trouble ? "poor" : (level ?? "")} />
          <span className="thumb">
            {picture && <img src={picture} alt={t("console.room.picture", { name: endpoint.name })} />}
          </span>
          <div className="who">
            <button
              type="button"
              onClick={open}
              data-testid="open-details"
              title={`${endpoint.name} – ${t("live.details")}`}
            >
              {endpoint.name}
            </button>
            <State session={session} endpoint={endpoint} />
          </div>
          {room && endpoint.role !== "observer" && <NoticeMark endpoint={endpoint} room={room} />}
          {endpoint.speaking && <IconVolume size={16} color="#9a6700" aria-label={t("live.speaking")} />}
          <Voice endpoint={endpoint} />
          {session.spotlight === endpoint.id && (
            <IconStarFilled size={16} color="#28548c" aria-label={t("live.spotlit")} />
          )}
        </div>
      </th>
      <td data-testid="endpoint-trouble">
        {trouble ? (
          <Badge color={CAUSE_COLOURS[trouble.cause]} radius="sm" className="cause">
            {t(`trouble.cause.${trouble.cause}`)}
          </Badge>
        ) : (
          <span className="faint">{endpoint.state === "connected" ? t(`quality.${endpoint.quality}`) : "–"}</span>
        )}
      </td>
      <td className="glance">{rows && stats && <Glance rows={rows} name={endpoint.name} />}</td>
      <td>{stats ? mbps(stats.estimate_bps) : "–"}</td>
      <td>{stats ? mbps(stats.down_bps) : "–"}</td>
      <td>{stats ? mbps(stats.up_bps) : "–"}</td>
      <td>{stats ? `${percent(stats.loss_down)} / ${percent(latest(rows, "loss_up"))}` : "–"}</td>
      <td>{stats?.rtt_ms == null ? "–" : `${Math.round(stats.rtt_ms)} / ${Math.round(stats.jitter_ms)} ms`}</td>
      <td className="sees" data-testid="endpoint-sees">
        <Sees pictures={detail?.pictures ?? []} />
      </td>
      <td>{stats?.layers.length ? layerNames(stats.layers, t) : "–"}</td>
      <td>
        {!OVER.includes(session.state) && may("moderate") && (
          <EndpointActions session={session} endpoint={endpoint} room={room} act={act} ask={ask} open={open} />
        )}
      </td>
    </tr>
  );
}

/** Where it is, while that means something, and what it is. */
function State({ session, endpoint }: { session: SessionView; endpoint: EndpointView }) {
  const { t } = useTranslation();
  return (
    <small data-testid="endpoint-state">
      {!OVER.includes(session.state) && `${t(`endpointState.${endpoint.state}`)} · `}
      {t(`role.${endpoint.role}`)}
    </small>
  );
}

/** How loud it is heard now. */
function Voice({ endpoint }: { endpoint: EndpointView }) {
  const { t } = useTranslation();
  if (!endpoint.stats) return null;
  const name = t("live.voiceOf", { name: endpoint.name });
  return <meter className="voice" min={0} max={1} value={endpoint.level} aria-label={name} title={name} />;
}

/** Whether the notice of recording was acknowledged there, and by whom. */
function NoticeMark({ endpoint, room }: { endpoint: EndpointView; room: RoomView }) {
  const { t } = useTranslation();
  const found = room.notices[endpoint.id];
  const text = found
    ? t("room.notice.done", { name: found.name, time: dateTime(found.at) })
    : t("console.room.notAcknowledged");
  return found ? (
    <IconFileCheck size={16} color="#1f7a43" aria-label={text} data-testid="acknowledged">
      <title>{text}</title>
    </IconFileCheck>
  ) : endpoint.state === "invited" ? null : (
    <IconFileAlert size={16} color="#b9770e" aria-label={text}>
      <title>{text}</title>
    </IconFileAlert>
  );
}

/** "nhỏ + vừa + lớn": the sizes of picture that it sends; a second camera's are the same ones. */
function layerNames(layers: string[], t: (key: string) => string): string {
  const known = ["q", "h", "f"].filter((rid) => layers.includes(rid));
  return known.length ? known.map((rid) => t(`live.layer.${rid}`)).join(" + ") : layers.join(" ");
}

function latest(rows: Rows | null, name: string): number {
  return rows?.columns[name]?.at(-1) ?? 0;
}

/** The last three minutes: what the line would carry, and what it is given. */
function Glance({ rows, name }: { rows: Rows; name: string }) {
  const { t } = useTranslation();
  const from = Math.max(0, rows.times.length - 180);
  const column = (key: string) => (rows.columns[key] ?? []).slice(from);
  return (
    <Plot
      small
      title={t("live.glance", { name })}
      times={rows.times.slice(from)}
      height={30}
      lines={[
        { label: t("live.estimate"), colour: "#d9a441", values: column("estimate_bps") },
        { label: t("live.down"), colour: "#28548c", fill: "rgba(40,84,140,0.15)", values: column("down_bps") },
      ]}
    />
  );
}

/** The main picture as this endpoint gets it, why it is no larger, and how many it does not get. */
function Sees({ pictures }: { pictures: PictureView[] }) {
  const { t } = useTranslation();
  const main = pictures.find((each) => each.place !== "thumbnail") ?? pictures[0];
  if (!main) return <>–</>;
  const paused = pictures.filter((each) => each.state === "no_bandwidth");
  const why = main.why || paused[0]?.why;
  return (
    <>
      {main.layer < 0 ? t("live.noPicture") : `${main.height}p`}
      {paused.length > 0 && ` · ${t("live.paused", { n: paused.length })}`}
      {why && <small>{t(`why.${why}`)}</small>}
    </>
  );
}
