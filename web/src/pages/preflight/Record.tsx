import { useTranslation } from "react-i18next";
import { dateTime } from "../../ui/format";
import type { AssessmentView, ItemView, SignatureView } from "./types";
import { limitText, valueText } from "./words";

/** One endpoint's record, as it is printed. */
export function RecordSheet(props: { title: string; result: AssessmentView; facts: [string, string][] }) {
  const { t } = useTranslation();
  const { result } = props;
  return (
    <article className="record-sheet">
      <header>
        <strong>{t("preflight.print.nation")}</strong>
        <strong className="record-motto">{t("preflight.print.motto")}</strong>
        <h1>{t("preflight.print.title")}</h1>
        <h2>{props.title}</h2>
      </header>
      <dl className="record-facts">
        {[...props.facts, [t("preflight.print.result"), t(`preflight.state.${result.state}`)]].map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <table>
        <thead>
          <tr>
            <th scope="col">{t("preflight.print.item")}</th>
            <th scope="col">{t("preflight.print.value")}</th>
            <th scope="col">{t("preflight.print.limit")}</th>
            <th scope="col">{t("preflight.print.verdict")}</th>
            <th scope="col">{t("preflight.print.who")}</th>
          </tr>
        </thead>
        {result.items.map((item) => (
          <Rows key={item.item} item={item} />
        ))}
      </table>
      <div className="record-signs">
        <Sign title={t("preflight.print.siteSign")} by={result.site} />
        <Sign title={t("preflight.print.centreSign")} by={result.centre} />
      </div>
    </article>
  );
}

function Rows({ item }: { item: ItemView }) {
  const { t } = useTranslation();
  const shown = item.checks.filter((check) => check.required || check.value !== null);
  return (
    <tbody>
      <tr className="record-item">
        <th scope="rowgroup" colSpan={3}>
          {t(`preflight.item.${item.item}`)}
        </th>
        <td>{t(item.waiver ? "preflight.state.waived" : `preflight.verdict.${item.verdict}`)}</td>
        <td>{item.waiver ? `${item.waiver.name}: ${item.waiver.reason}` : ""}</td>
      </tr>
      {shown.map((check) => (
        <tr key={check.key}>
          <td>{t(`preflight.check.${check.key.replace(".", "_")}`)}</td>
          <td>
            {valueText(check, t)}
            {check.note && `: ${check.note}`}
          </td>
          <td>{limitText(check, t)}</td>
          <td>{t(check.expired ? "preflight.expired" : `preflight.verdict.${check.verdict}`)}</td>
          <td>{check.at ? `${check.by}, ${dateTime(check.at)}` : ""}</td>
        </tr>
      ))}
    </tbody>
  );
}

function Sign({ title, by }: { title: string; by: SignatureView | null }) {
  const { t } = useTranslation();
  return (
    <div>
      <strong>{title}</strong>
      <em>{t("preflight.print.signHere")}</em>
      <span className="record-name">{by ? `${by.name} – ${dateTime(by.at)}` : ""}</span>
    </div>
  );
}
