import { Alert, Button, Loader } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useParams } from "react-router";
import type { Invitation } from "../../api/invitation";
import { useApi } from "../../api/useApi";
import { Letter } from "./Letter";

/** An endpoint's letter, to be printed by who invites. */
export function PrintLetter() {
  const { t } = useTranslation();
  const { id = "", eid = "" } = useParams();
  const { data, error } = useApi<Invitation>(`/sessions/${id}/endpoints/${eid}/invitation`);
  if (!data) return error ? <Alert color="lacquer">{error.message}</Alert> : <Loader aria-label={t("app.loading")} />;
  return (
    <div className="record">
      <div className="record-tools">
        <Button onClick={() => window.print()}>{t("invitation.print")}</Button>
      </div>
      <Letter invitation={data} />
    </div>
  );
}
