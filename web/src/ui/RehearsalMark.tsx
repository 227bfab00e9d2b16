import { useTranslation } from "react-i18next";

/** "CHẠY THỬ" across the page: nobody shall take a rehearsal for a reception, nor a print of one. */
export function RehearsalMark({ on }: { on: boolean }) {
  const { t } = useTranslation();
  if (!on) return null;
  return <div className="rehearsal-mark" data-testid="rehearsal-mark" data-text={t("stage.rehearsal")} aria-hidden />;
}
