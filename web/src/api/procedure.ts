// What the HTTP API says of the steps of the procedure (signalling/procedure_api.py).
import { language } from "../i18n";

export interface Step {
  key: string;
  name_vi: string;
  name_en: string;
  state: "done" | "waived" | "open";
  needs_vi: string;
  needs_en: string;
  by: string;
  at: string | null;
  reason: string;
}

export interface Procedure {
  steps: Step[];
}

/** The step's name in the reader's language. */
export const nameOf = (step: Step): string => (language() === "vi" ? step.name_vi : step.name_en);
/** What an open step lacks. */
export const needsOf = (step: Step): string => (language() === "vi" ? step.needs_vi : step.needs_en);
/** Those that are neither done nor waived. */
export const openSteps = (procedure: Procedure | null): Step[] =>
  (procedure?.steps ?? []).filter((step) => step.state === "open");
