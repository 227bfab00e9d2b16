import { Alert, Button, Loader, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useParams } from "react-router";
import { useApi } from "../../api/useApi";
import { dateTime } from "../../ui/format";
import { RehearsalMark } from "../../ui/RehearsalMark";
import { RecordSheet } from "./Record";
import type { PreflightView } from "./types";

/** "Biên bản kiểm thử kỹ thuật" of a session: every endpoint on sheets of its own. */
export function PrintRecord() {
  const { t } = useTranslation();
  const { id = "" } = useParams();
  const { data, error } = useApi<PreflightView>(`/sessions/${id}/preflight`);
  if (!data) return error ? <Alert color="lacquer">{error.message}</Alert> : <Loader aria-label={t("app.loading")} />;
  return (
    <div className="record">
      <RehearsalMark on={data.kind === "rehearsal"} />
      <div className="record-tools">
        <Button onClick={() => window.print()}>{t("preflight.print.print")}</Button>
        <Text size="sm">{t("preflight.print.pdf")}</Text>
      </div>
      {data.endpoints.map((endpoint) => (
        <RecordSheet
          key={endpoint.endpoint_id}
          title={endpoint.name}
          result={endpoint}
          facts={[
            [t("preflight.print.session"), `${data.title} (${t(`kind.${data.kind}`)})`],
            [t("preflight.print.id"), data.session_id],
            [t("preflight.print.profile"), data.profile],
            [t("preflight.print.printedAt"), dateTime(new Date().toISOString())],
          ]}
        />
      ))}
    </div>
  );
}
