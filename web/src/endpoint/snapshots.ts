// A small picture of the camera each few seconds, for an operator who looks.
const EVERY_MS = 4000;
const WIDTH = 192;
const HEIGHT = 108;
const QUALITY = 0.5;

/** Takes pictures of a track while `wanted`; `onPicture` gets a JPEG in base64. Returns what ends it. */
export function takeSnapshots(
  track: () => MediaStreamTrack | null,
  wanted: () => boolean,
  onPicture: (jpeg: string) => void,
): () => void {
  const video = document.createElement("video");
  video.muted = true;
  video.playsInline = true;
  const canvas = document.createElement("canvas");
  canvas.width = WIDTH;
  canvas.height = HEIGHT;
  let shown: MediaStreamTrack | null = null;
  const show = (next: MediaStreamTrack | null) => {
    if (next === shown) return;
    shown = next;
    video.srcObject = next ? new MediaStream([next]) : null;
    if (next) void video.play().catch(() => undefined);
  };
  const take = () => {
    show(wanted() ? track() : null);
    if (!shown || video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA) return;
    canvas.getContext("2d")?.drawImage(video, 0, 0, WIDTH, HEIGHT);
    onPicture(canvas.toDataURL("image/jpeg", QUALITY).replace(/^.*,/, ""));
  };
  const timer = setInterval(take, EVERY_MS);
  return () => {
    clearInterval(timer);
    show(null);
  };
}
