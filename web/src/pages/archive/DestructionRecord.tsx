import { Alert, Button, Loader } from "@mantine/core";
import type { TFunction } from "i18next";
import { useTranslation } from "react-i18next";
import { useParams } from "react-router";
import { useApi } from "../../api/useApi";
import { bytes, dateTime } from "../../ui/format";
import type { Destruction } from "../storage/api";

/** "Biên bản hủy": who asked, who approved, what was destroyed; a sheet to print and sign. */
export function DestructionRecord() {
  const { t } = useTranslation();
  const { id = "" } = useParams();
  const { data, error } = useApi<{ destructions: Destruction[] }>("/storage/destructions");
  const record = data?.destructions.find((each) => each.id === id);
  if (!data) return error ? <Alert color="lacquer">{error.message}</Alert> : <Loader aria-label={t("app.loading")} />;
  if (!record) return <Alert color="lacquer">{t("storage.record.none")}</Alert>;
  return (
    <div className="record">
      <div className="record-tools">
        <Button onClick={() => window.print()}>{t("archive.destruction.print")}</Button>
      </div>
      <Sheet record={record} />
    </div>
  );
}

function Sheet({ record }: { record: Destruction }) {
  const { t } = useTranslation();
  const copies = Object.entries(record.copies);
  const named = (state: string) => copies.filter(([, each]) => each === state).map(([name]) => name);
  const none = t("storage.record.none");
  const facts: [string, string][] = [
    [t("storage.record.session"), record.title],
    [t("archive.destruction.id"), record.id],
    [t("storage.record.time"), `${dateTime(record.started_at)} – ${dateTime(record.ended_at)}`],
    [t("storage.record.size"), `${bytes(record.bytes)}, ${t("storage.record.files", { count: record.files.length })}`],
    [t("recordings.seal"), record.seal],
    [
      t("storage.retention"),
      `${t(`storage.class.${record.retention}`)}${record.kept_until ? ` (${dateTime(record.kept_until)})` : ""}`,
    ],
    [t("storage.record.requested"), who(record.requested, t)],
    [t("storage.record.approved"), record.approved ? who(record.approved, t) : t("storage.record.automatic")],
    [t("archive.destruction.media"), named("removed").join(", ") || none],
    [t("storage.record.left"), named("left").join(", ") || none],
    [t("archive.destruction.doneAt"), dateTime(record.done_at)],
  ];
  return (
    <article className="record-sheet" data-testid="destruction-record">
      <header>
        <strong>{t("preflight.print.nation")}</strong>
        <strong className="record-motto">{t("preflight.print.motto")}</strong>
        <h1>{t("archive.destruction.title")}</h1>
      </header>
      <dl className="record-facts">
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd style={{ overflowWrap: "anywhere" }}>{value}</dd>
          </div>
        ))}
      </dl>
      <table>
        <caption>{t("archive.destruction.files")}</caption>
        <thead>
          <tr>
            <th scope="col">{t("archive.destruction.file")}</th>
            <th scope="col">{t("archive.destruction.size")}</th>
            <th scope="col">SHA-256</th>
          </tr>
        </thead>
        <tbody>
          {record.files.map((file) => (
            <tr key={file.path}>
              <td>{file.path}</td>
              <td>{bytes(file.bytes)}</td>
              <td style={{ overflowWrap: "anywhere" }}>{file.sha256}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <div className="record-signs">
        {(["first", "second"] as const).map((place) => (
          <div key={place}>
            <strong>{t(`archive.destruction.signs.${place}`)}</strong>
            <em>{t("archive.destruction.signs.hint")}</em>
            <span className="record-name">
              {place === "first" ? record.requested.name : (record.approved?.name ?? "")}
            </span>
          </div>
        ))}
      </div>
    </article>
  );
}

function who(person: Destruction["requested"], t: TFunction): string {
  const role = t(`people.role.${person.role}`, { defaultValue: "" });
  return `${person.name}${role && ` (${role})`}, ${dateTime(person.at)}: ${person.reason}`;
}
