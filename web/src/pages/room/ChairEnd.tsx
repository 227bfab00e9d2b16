import { IconPlayerStop } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { asEndpoint } from "../../api/caller";
import { openSteps, type Procedure } from "../../api/procedure";
import type { Engine, EngineState } from "../../endpoint/engine";
import { EndDialog, type StillOpen } from "../sessions/EndDialog";

/** The chair ends; steps of the procedure and items of the script that are open are given up with a reason. */
export function ChairEnd({ engine, state }: { engine: Engine; state: EngineState }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState<StillOpen | null>(null);
  const session = state.session;
  const ask = async () => {
    const path = `/sessions/${session?.id ?? ""}/procedure`;
    const procedure = await asEndpoint(engine.access)
      .json<Procedure>("GET", path)
      .catch(() => null);
    const items = [state.room?.item, state.room?.next_item].filter((item) => item !== null && item !== undefined);
    setOpen({ titles: items.map((item) => item.title), steps: openSteps(procedure) });
  };
  return (
    <>
      <button type="button" className="big" data-danger="true" data-testid="chair-end" onClick={() => void ask()}>
        <IconPlayerStop /> {t("live.end")}
      </button>
      <EndDialog
        open={open}
        rehearsal={session?.rehearsal === true}
        onClose={() => setOpen(null)}
        onEnd={(reason) => {
          setOpen(null);
          engine.talk.command("end", null, null, reason);
        }}
      />
    </>
  );
}
