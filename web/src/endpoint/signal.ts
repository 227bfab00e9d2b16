// The WebSocket: says hello, comes back by itself for as long as the page wants it.
import type { Bye, ClientMessage, ServerMessage } from "../protocol/messages";

const BACKOFF_MS = [300, 600, 1200, 2500, 4000, 5000];
const PING_MS = 5000;
const PONG_TIMEOUT_MS = 8000;

export interface SignalEvents {
  onMessage(message: ServerMessage): void;
  onOnline(online: boolean): void;
}

export class Signal {
  private socket: WebSocket | null = null;
  private attempts = 0;
  private closed = false;
  private retry: ReturnType<typeof setTimeout> | undefined;
  private pinging: ReturnType<typeof setInterval> | undefined;
  private lastPong = 0;

  constructor(
    private readonly url: string,
    private readonly hello: () => ClientMessage,
    private readonly events: SignalEvents,
  ) {}

  open(): void {
    if (this.closed) return;
    clearTimeout(this.retry);
    const socket = new WebSocket(this.url);
    this.socket = socket;
    socket.onopen = () => {
      this.lastPong = Date.now();
      socket.send(JSON.stringify(this.hello()));
      this.startPinging(socket);
    };
    socket.onmessage = (event) => this.receive(JSON.parse(String(event.data)) as ServerMessage);
    socket.onclose = () => this.lost(socket);
  }

  send(message: ClientMessage): boolean {
    if (this.socket?.readyState !== WebSocket.OPEN) return false;
    this.socket.send(JSON.stringify(message));
    return true;
  }

  /** The network changed: do not wait for a time-out. */
  reconnectNow(): void {
    const socket = this.socket;
    if (this.closed || !socket) return;
    this.attempts = 0;
    this.lost(socket);
  }

  close(): void {
    this.closed = true;
    clearTimeout(this.retry);
    clearInterval(this.pinging);
    this.socket?.close();
  }

  private receive(message: ServerMessage): void {
    if (message.type === "pong") {
      this.lastPong = Date.now();
      return;
    }
    if (message.type === "welcome") {
      this.attempts = 0;
      this.events.onOnline(true);
    }
    if (message.type === "bye") this.farewell(message);
    this.events.onMessage(message);
  }

  private farewell(_message: Bye): void {
    this.closed = true;
    clearInterval(this.pinging);
  }

  private startPinging(socket: WebSocket): void {
    clearInterval(this.pinging);
    this.pinging = setInterval(() => {
      if (Date.now() - this.lastPong > PONG_TIMEOUT_MS) this.lost(socket);
      else if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify({ type: "ping", id: 1 }));
    }, PING_MS);
  }

  private lost(socket: WebSocket): void {
    if (socket !== this.socket) return;
    this.socket = null;
    socket.onclose = null;
    socket.close();
    clearInterval(this.pinging);
    this.events.onOnline(false);
    if (this.closed) return;
    const wait = BACKOFF_MS[Math.min(this.attempts, BACKOFF_MS.length - 1)] ?? 5000;
    this.attempts += 1;
    this.retry = setTimeout(() => this.open(), wait * (0.8 + 0.4 * Math.random()));
  }
}
