import { Alert, Button, Loader, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import { useApi } from "../../api/useApi";
import { dateTime } from "../../ui/format";
import { RecordSheet } from "./Record";
import type { SurveyView } from "./Survey";

/** One survey as a record. */
export function PrintSurvey() {
  const { t } = useTranslation();
  const [query] = useSearchParams();
  const { data, error } = useApi<SurveyView>(`/readiness/survey?${query.toString()}`);
  if (!data) return error ? <Alert color="lacquer">{error.message}</Alert> : <Loader aria-label={t("app.loading")} />;
  return (
    <div className="record">
      <div className="record-tools">
        <Button onClick={() => window.print()}>{t("preflight.print.print")}</Button>
        <Text size="sm">{t("preflight.print.pdf")}</Text>
      </div>
      <RecordSheet
        title={data.name}
        result={data}
        facts={[
          [t("preflight.survey.title"), dateTime(data.at)],
          [t("preflight.print.printedAt"), dateTime(new Date().toISOString())],
        ]}
      />
    </div>
  );
}
