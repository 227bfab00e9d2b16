import { Button, Text, Title } from "@mantine/core";
import { useCallback, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { loadChoice, openSecondCamera } from "../endpoint/devices";
import { Engine } from "../endpoint/engine";
import type { LocalMedia } from "../endpoint/link";
import { language } from "../i18n";
import type { Bye } from "../protocol/messages";
import { GreenRoom } from "./GreenRoom";
import { JointWatch } from "./preflight/JointWatch";
import { SessionCheck } from "./preflight/SessionCheck";
import { Room } from "./Room";
import { JoinBar, ObserverEntrance, useJoinInfo } from "./room/Entrance";

const KEY = "diemcau.endpoint";

/** The endpoint's token: out of the address bar, kept for a reload of this tab. */
function takeToken(): string | null {
  const found = location.hash.slice(1);
  if (found) {
    sessionStorage.setItem(KEY, found);
    history.replaceState(null, "", location.pathname + location.search);
  }
  return sessionStorage.getItem(KEY);
}

export function JoinPage() {
  const { t } = useTranslation();
  const [token] = useState(takeToken);
  const [engine, setEngine] = useState<Engine | null>(null);
  const [takeOver, setTakeOver] = useState(false);
  const [checking, setChecking] = useState(false);
  const [over, setOver] = useState<Bye["reason"] | "left" | null>(null);

  const asked = useJoinInfo(token);
  const info = asked === "refused" ? null : asked;
  useEffect(() => {
    window.diemcauEngine = engine;
    if (new URLSearchParams(location.search).get("debug") === "1") Object.assign(window, { __diemcau: engine });
    return () => engine?.stop(false);
  }, [engine]);

  const enter = useCallback(
    (media: LocalMedia, switches: { microphone: boolean; camera: boolean }) => {
      if (!token) return;
      const made = new Engine(token, media, language(), switches, takeOver);
      made.start();
      setEngine(made);
      void openSecondCamera(loadChoice().camera2).then((track) => track && made.setSecondCamera(track));
    },
    [token, takeOver],
  );

  if (!token) return <Whole title={t("join.noLink")} />;
  if (asked === "refused" && !engine) return <Whole title={t("join.badLink")} text={t("join.badLinkText")} />;
  if (over) {
    const again = over === "replaced" || over === "left" || over === "taken";
    return (
      <Whole title={t(over === "left" ? "over.left" : `over.${over}`)} text={t(`over.${over}Text`)}>
        {again && (
          <Button
            size="lg"
            mt="lg"
            onClick={() => {
              setTakeOver(over === "taken");
              setEngine(null);
              setOver(null);
            }}
          >
            {t(over === "taken" ? "over.takeOver" : "over.again")}
          </Button>
        )}
      </Whole>
    );
  }
  if (!engine && info?.role === "observer") return <ObserverEntrance info={info} onEnter={enter} />;
  return (
    <>
      {engine ? (
        <Room engine={engine} onOver={setOver} />
      ) : checking ? (
        <SessionCheck token={token} onLeave={() => setChecking(false)} />
      ) : (
        <>
          {info && <JoinBar info={info} />}
          <GreenRoom onEnter={enter} onCheck={() => setChecking(true)} />
        </>
      )}
      <JointWatch token={token} />
    </>
  );
}

function Whole({ title, text, children }: { title: string; text?: string; children?: React.ReactNode }) {
  return (
    <main className="whole">
      <div className="whole-card" style={{ maxWidth: 640, textAlign: "center" }} data-testid="over">
        <img src="/mark.svg" alt="" width={64} height={64} />
        <Title order={1} size="h2" mt="md">
          {title}
        </Title>
        {text && (
          <Text size="lg" mt="sm">
            {text}
          </Text>
        )}
        {children}
      </div>
    </main>
  );
}
