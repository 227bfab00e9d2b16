// Makes each encoded picture as large as it is told to (RTCRtpScriptTransform): a load that costs no encoding.
interface Frame {
  data: ArrayBuffer;
}

interface SenderTransformer {
  readable: ReadableStream<Frame>;
  writable: WritableStream<Frame>;
  options: { port: MessagePort };
}

const scope = self as unknown as { onrtctransform: (event: { transformer: SenderTransformer }) => void };

scope.onrtctransform = ({ transformer }) => {
  const { readable, writable, options } = transformer;
  let bytes = 0;
  options.port.onmessage = (event: MessageEvent<number>) => {
    bytes = event.data;
  };
  const fill = new TransformStream<Frame, Frame>({
    transform(frame, controller) {
      if (frame.data.byteLength < bytes) {
        const larger = new Uint8Array(bytes);
        larger.set(new Uint8Array(frame.data));
        frame.data = larger.buffer;
      }
      controller.enqueue(frame);
    },
  });
  void readable.pipeThrough(fill).pipeTo(writable);
};
