import { Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { dateTime } from "../../ui/format";
import type { CheckView, ItemView } from "./types";
import { light, limitText, valueText } from "./words";

// As plan 459/KH-UBND counts its eight items, and security after them.
const PLAN = ["lighting", "network", "audio", "display", "software", "camera", "storage", "power", "security"];

/** The items with their lights; `open`: those whose checks are shown from the beginning. */
export function Items({ items, open = () => false }: { items: ItemView[]; open?: (item: ItemView) => boolean }) {
  const { t } = useTranslation();
  return (
    <div className="check-items">
      {items.map((item) => (
        <details key={item.item} open={open(item)} data-testid={`item-${item.item}`} data-verdict={item.verdict}>
          <summary>
            <span className="light" data-level={item.waiver ? "fair" : light(item.verdict)} />
            <span className="check-name">
              {PLAN.indexOf(item.item) + 1}. {t(`preflight.item.${item.item}`)}
            </span>
            <span className="check-verdict" data-verdict={item.verdict}>
              {t(item.waiver ? "preflight.state.waived" : `preflight.verdict.${item.verdict}`)}
            </span>
          </summary>
          {item.waiver && (
            <Text size="sm" className="check-waiver">
              {t("preflight.waivedBy", {
                name: item.waiver.name,
                at: dateTime(item.waiver.at),
                reason: item.waiver.reason,
              })}
            </Text>
          )}
          <table className="check-table">
            <tbody>
              {item.checks.map((check) => (
                <CheckRow key={check.key} check={check} />
              ))}
            </tbody>
          </table>
        </details>
      ))}
    </div>
  );
}

function CheckRow({ check }: { check: CheckView }) {
  const { t } = useTranslation();
  const wanted = limitText(check, t);
  const bad = check.verdict === "fail" || check.verdict === "warn";
  return (
    <tr data-testid={`check-${check.key}`} data-verdict={check.verdict}>
      <td className="check-dot">
        <span className="light" data-level={light(check.verdict)} />
      </td>
      <th scope="row">
        {t(`preflight.check.${check.key.replace(".", "_")}`)}
        {check.required ? "" : ` (${t("preflight.optional")})`}
        {bad && <span className="check-advice">{t(`preflight.advice.${check.key.replace(".", "_")}`)}</span>}
      </th>
      <td>
        {valueText(check, t)}
        {check.expired && ` (${t("preflight.expired")})`}
        {check.manual && check.by && ` – ${check.by}`}
        {check.note && `: ${check.note}`}
      </td>
      <td className="check-wanted">{wanted && t("preflight.wanted", { what: wanted })}</td>
    </tr>
  );
}
