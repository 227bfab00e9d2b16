// PDF pages, drawn by the browser itself with the library that the server hands out.
import type { PDFDocumentProxy } from "pdfjs-dist";
import worker from "pdfjs-dist/build/pdf.worker.min.mjs?url";

type Library = typeof import("pdfjs-dist");
let library: Promise<Library> | null = null;

function load(): Promise<Library> {
  library ??= import("pdfjs-dist").then((found) => {
    found.GlobalWorkerOptions.workerSrc = worker;
    return found;
  });
  return library;
}

/** Fetches the library ahead, before the line is needed for the session. */
export function warmPdf(): void {
  void Promise.all([load(), fetch(worker)]).catch(() => undefined); // it is fetched again when it is needed
}

/** Opens the file; rejects where it is no PDF, or one with a password. */
export async function openPdf(file: Blob): Promise<PDFDocumentProxy> {
  const pdf = await load();
  return pdf.getDocument({ data: await file.arrayBuffer(), isEvalSupported: false }).promise;
}

/** Pages of a file that is handed in: of a picture one, null where that cannot be told. */
export async function countPages(file: File): Promise<number | null> {
  if (file.type.startsWith("image/")) return 1;
  if (file.type !== "application/pdf") return null;
  try {
    const opened = await openPdf(file);
    const pages = opened.numPages;
    void opened.destroy();
    return pages;
  } catch {
    return null;
  }
}
