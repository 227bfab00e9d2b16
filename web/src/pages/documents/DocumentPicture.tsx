import type { PDFDocumentProxy } from "pdfjs-dist";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { openPdf } from "./pdf";

interface Props {
  file: Blob | null;
  mediaType: string;
  name: string;
  page: number;
  /** Told how many pages a PDF has. */
  onPages?: (pages: number) => void;
}

/** One page of a document, as large as there is room. */
export function DocumentPicture({ file, mediaType, name, page, onPages }: Props) {
  const { t } = useTranslation();
  if (!file) return <p className="document-wait">{t("case.documents.loading")}</p>;
  if (mediaType.startsWith("image/")) return <Image file={file} name={name} />;
  return <Pdf file={file} name={name} page={page} {...(onPages ? { onPages } : {})} />;
}

function Image({ file, name }: { file: Blob; name: string }) {
  const [address, setAddress] = useState("");
  useEffect(() => {
    const made = URL.createObjectURL(file);
    setAddress(made);
    return () => URL.revokeObjectURL(made);
  }, [file]);
  return address ? <img className="document-image" src={address} alt={name} data-testid="document-image" /> : null;
}

function Pdf({ file, name, page, onPages }: { file: Blob; name: string; page: number; onPages?: Props["onPages"] }) {
  const { t } = useTranslation();
  const box = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const size = useSize(box);
  const { opened, broken } = useOpened(file, onPages);
  const [drawn, setDrawn] = useState(0);
  useEffect(() => {
    const target = canvas.current;
    if (!opened || !target || size.width === 0) return;
    return draw(opened, Math.min(page, opened.numPages), target, size, setDrawn);
  }, [opened, page, size]);
  return (
    <div className="document-box" ref={box}>
      {broken ? (
        <p className="document-wait">{t("case.documents.broken")}</p>
      ) : (
        <canvas
          ref={canvas}
          role="img"
          aria-label={t("case.documents.pageOf", { name, page })}
          data-testid="document-page"
          data-page={drawn}
        />
      )}
    </div>
  );
}

function useOpened(file: Blob, onPages: Props["onPages"]) {
  const [opened, setOpened] = useState<PDFDocumentProxy | null>(null);
  const [broken, setBroken] = useState(false);
  const told = useRef(onPages);
  told.current = onPages;
  useEffect(() => {
    let over = false;
    let mine: PDFDocumentProxy | null = null;
    setBroken(false);
    openPdf(file).then(
      (found) => {
        mine = found;
        if (over) void found.destroy();
        else {
          setOpened(found);
          told.current?.(found.numPages);
        }
      },
      () => !over && setBroken(true),
    );
    return () => {
      over = true;
      setOpened(null);
      void mine?.destroy();
    };
  }, [file]);
  return { opened, broken };
}

/** Draws a page; what it returns stops it. */
function draw(
  opened: PDFDocumentProxy,
  page: number,
  target: HTMLCanvasElement,
  size: { width: number; height: number },
  onDrawn: (page: number) => void,
): () => void {
  let over = false;
  let stop: (() => void) | undefined;
  const run = async () => {
    const found = await opened.getPage(page);
    const whole = found.getViewport({ scale: 1 });
    const scale = Math.min(size.width / whole.width, size.height / whole.height) * window.devicePixelRatio;
    const viewport = found.getViewport({ scale });
    const canvasContext = target.getContext("2d");
    if (over || !canvasContext) return;
    target.width = viewport.width;
    target.height = viewport.height;
    target.style.width = `${viewport.width / window.devicePixelRatio}px`;
    const task = found.render({ canvasContext, viewport });
    stop = () => task.cancel();
    await task.promise;
    if (!over) onDrawn(page);
  };
  run().catch(() => undefined); // cancelled: another page is drawn
  return () => {
    over = true;
    stop?.();
  };
}

function useSize(box: React.RefObject<HTMLElement | null>) {
  const [size, setSize] = useState({ width: 0, height: 0 });
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const watch = new ResizeObserver(() => setSize({ width: element.clientWidth, height: element.clientHeight }));
    watch.observe(element);
    return () => watch.disconnect();
  }, [box]);
  return size;
}
