import { useTranslation } from "react-i18next";
import type { Invitation } from "../../api/invitation";
import { dateTime } from "../../ui/format";

/** "Giấy mời": the letter to one endpoint, as it is printed. The link is no part of the paper. */
export function Letter({ invitation }: { invitation: Invitation }) {
  const { t } = useTranslation();
  const chair = [invitation.chair_office, invitation.chair_name].filter(Boolean).join(" ");
  const people = invitation.people.map((each) => [each.name, each.office].filter(Boolean).join(", ")).join("; ");
  const facts: [string, string][] = [
    [t("invitation.letter.about"), invitation.title],
    [
      t("invitation.letter.when"),
      invitation.planned_start ? dateTime(invitation.planned_start) : t("invitation.letter.noDate"),
    ],
    [
      t("invitation.letter.long"),
      invitation.planned_minutes ? t("invitation.letter.minutes", { count: invitation.planned_minutes }) : "",
    ],
    [t("invitation.letter.chair"), chair],
    [t("invitation.letter.central"), invitation.central],
    [t("invitation.letter.here"), invitation.name],
    [t("invitation.letter.people"), people],
    [t("invitation.letter.basis"), invitation.document_no],
    [t("invitation.letter.contact"), invitation.secretary],
  ];
  return (
    <article className="record-sheet" data-testid="letter">
      <header>
        <strong>{t("preflight.print.nation")}</strong>
        <strong className="record-motto">{t("preflight.print.motto")}</strong>
        <h1>{t("invitation.letter.title")}</h1>
        <h2>{t("invitation.letter.subtitle")}</h2>
      </header>
      <p>{t("invitation.letter.to", { to: invitation.organisation || invitation.name })}</p>
      <p>{t("invitation.letter.text", { host: invitation.host_organisation || invitation.central })}</p>
      <dl className="record-facts">
        {facts
          .filter(([, value]) => value)
          .map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
      </dl>
      <p>{t("invitation.letter.early")}</p>
      <p>{t("invitation.letter.answer")}</p>
      <div className="record-signs">
        <div />
        <div>
          <strong>{invitation.host_organisation || invitation.central}</strong>
          <span className="record-name">{invitation.chair_name}</span>
        </div>
      </div>
    </article>
  );
}
