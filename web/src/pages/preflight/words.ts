// Values and limits as people read them.
import type { TFunction } from "i18next";
import { language } from "../../i18n";
import type { CheckView, State, Verdict } from "./types";

const NUMBERS = {
  vi: new Intl.NumberFormat("vi-VN", { maximumFractionDigits: 2 }),
  en: new Intl.NumberFormat("en-GB", { maximumFractionDigits: 2 }),
};
const number = (value: number): string => NUMBERS[language()].format(value);

export function valueText(check: CheckView, t: TFunction): string {
  const { value } = check;
  if (value === null) return "–";
  if (check.manual) return t(`preflight.answer.${value}`);
  if (typeof value === "boolean") return t(value ? "preflight.yes" : "preflight.no");
  if (typeof value === "number") return `${number(value)}${check.unit ? ` ${check.unit}` : ""}`;
  const word = `preflight.word.${value}`;
  const known = t(word);
  return known === word ? value : known;
}

/** "70 đến 190", "từ 4,75 Mb/s", "đến 1 %"; "" where nothing is asked for. */
export function limitText(check: CheckView, t: TFunction): string {
  if (!check.limits) return "";
  const { pass_from: from, pass_to: to } = check.limits;
  const unit = check.unit ? ` ${check.unit}` : "";
  if (from !== null && to !== null) {
    return t("preflight.between", { from: number(from), to: number(to) }) + unit;
  }
  if (from !== null) return t("preflight.from", { from: number(from) }) + unit;
  return to === null ? "" : t("preflight.upTo", { to: number(to) }) + unit;
}

/** The console's lights know good, fair and poor. */
export function light(verdict: Verdict | State): string {
  return { pass: "good", warn: "fair", waived: "fair", fail: "poor", not_measured: "", missing: "" }[verdict];
}

/** A number with at most two decimals. */
export const decimal = number;
