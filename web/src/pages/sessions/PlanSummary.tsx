import { Card, Text, Title } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { ScriptItem } from "../../api/course";
import type { SessionView } from "../../api/types";
import { dateTime } from "../../ui/format";

/** What is planned, at a glance. */
export function PlanSummary({ session, script }: { session: SessionView; script: ScriptItem[] }) {
  const { t } = useTranslation();
  const { plan } = session;
  const approval = plan.approval;
  const office = plan.chair_office ? `, ${plan.chair_office}` : "";
  const rows: [string, string][] = [
    ["form.start", dateTime(plan.planned_start)],
    ["form.minutes", plan.planned_minutes ? String(plan.planned_minutes) : ""],
    ["form.host", plan.host_organisation],
    ["form.chair", plan.chair_name && `${plan.chair_name}${office}`],
    ["form.secretary", plan.secretary],
    ["form.operators", plan.operators.join(", ")],
    ["form.class", plan.matter_class ? t(`course.class.${plan.matter_class}`) : ""],
    ["form.reason", reasonOf(plan, t)],
    ["form.bodies", plan.coordinating_bodies.join(", ")],
    ["form.retention", plan.retention && t(`course.retention.${plan.retention}`)],
    [
      "prepare.approval",
      !approval
        ? ""
        : approval.oral
          ? t("course.prepare.approvedOrally", { name: approval.name, at: dateTime(approval.at) })
          : t("course.prepare.approvedBy", { name: approval.name, document: approval.document_no }),
    ],
  ];
  return (
    <Card withBorder padding="lg" data-testid="plan">
      <Title order={2} size="h4" mb="xs">
        {t("course.prepare.plan")}
      </Title>
      <dl className="facts">
        {rows.map(([name, value]) => (
          <div key={name}>
            <dt>{t(`course.${name}`)}</dt>
            <dd>{value || <span className="faint">{t("course.prepare.noValue")}</span>}</dd>
          </div>
        ))}
      </dl>
      {script.length > 0 && (
        <>
          <Text fw={600} mt="sm">
            {t("course.script.title")}
          </Text>
          <ol className="script-list">
            {script.map((item) => (
              <li key={item.id}>
                {item.title}{" "}
                <span className="faint">
                  {[
                    item.speaker,
                    item.minutes ? t("console.script.minutes", { n: item.minutes }) : "",
                    t(`course.script.state.${item.state}`),
                  ]
                    .filter(Boolean)
                    .join(" · ")}
                </span>
              </li>
            ))}
          </ol>
        </>
      )}
    </Card>
  );
}

function reasonOf(plan: SessionView["plan"], t: (key: string) => string): string {
  if (!plan.reason_online) return "";
  const reason = t(`course.reason.${plan.reason_online}`);
  return plan.reason_online_note ? `${reason}: ${plan.reason_online_note}` : reason;
}
