import { Alert, Button, Loader } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useParams } from "react-router";
import type { DocumentList } from "../../api/case";
import type { SessionView } from "../../api/types";
import { useApi } from "../../api/useApi";
import { dateTime } from "../../ui/format";

/** "Giấy biên nhận": what one person handed in at one room, to be printed and signed there. */
export function Receipt() {
  const { t } = useTranslation();
  const { id = "", document = "" } = useParams();
  const session = useApi<SessionView>(`/sessions/${id}`);
  const { data, error } = useApi<DocumentList>(`/sessions/${id}/documents`);
  const one = data?.documents.find((each) => each.id === document);
  if (!session.data || !data || !one) {
    if (error) return <Alert color="lacquer">{error.message}</Alert>;
    return data ? <Alert color="navy">{t("case.receipt.none")}</Alert> : <Loader aria-label={t("app.loading")} />;
  }
  const handed = data.documents.filter(
    (each) => each.from_whom === one.from_whom && each.endpoint_id === one.endpoint_id,
  );
  const room = session.data.endpoints.find((each) => each.id === one.endpoint_id)?.name ?? "";
  return (
    <div className="receipt">
      <div className="record-tools">
        <Button onClick={() => window.print()}>{t("case.receipt.print")}</Button>
      </div>
      <div className="receipt-head">
        <div>{session.data.plan.host_organisation}</div>
        <div>
          <strong>{t("case.receipt.nation")}</strong>
          <br />
          <strong>{t("case.receipt.motto")}</strong>
        </div>
      </div>
      <h1>{t("case.receipt.title")}</h1>
      <p>{t("case.receipt.session", { title: session.data.title, number: session.data.number })}</p>
      <p>{t("case.receipt.from", { name: one.from_whom })}</p>
      {room && <p>{t("case.receipt.room", { room })}</p>}
      <table>
        <thead>
          <tr>
            <th>{t("case.receipt.no")}</th>
            <th>{t("case.receipt.name")}</th>
            <th>{t("case.documents.form")}</th>
            <th>{t("case.documents.pages")}</th>
            <th>{t("case.receipt.at")}</th>
          </tr>
        </thead>
        <tbody>
          {handed.map((each, index) => (
            <tr key={each.id}>
              <td>{index + 1}</td>
              <td>
                {each.name}
                <div className="document-hash">SHA-256 {each.sha256}</div>
              </td>
              <td>{t(`case.form.${each.form}`)}</td>
              <td>{each.pages ?? "–"}</td>
              <td>{dateTime(each.at)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <div className="receipt-signs">
        <div>
          <strong>{t("case.receipt.giver")}</strong>
          <p>{t("case.receipt.sign")}</p>
          <p className="receipt-name">{one.from_whom}</p>
        </div>
        <div>
          <strong>{t("case.receipt.receiver")}</strong>
          <p>{t("case.receipt.sign")}</p>
          <p className="receipt-name">{one.received_by}</p>
        </div>
      </div>
    </div>
  );
}
