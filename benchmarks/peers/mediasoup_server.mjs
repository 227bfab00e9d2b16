// A mediasoup router behind four requests, each one JSON over HTTP: the library's own calls, nothing else.
// Usage: node mediasoup_server.mjs PORT; NODE_PATH leads to the module, MEDIASOUP_WORKER_BIN to its worker.
import { createServer } from 'node:http';
import { createRequire } from 'node:module';

const mediasoup = createRequire(import.meta.url)(`${process.env.NODE_PATH}/mediasoup`);
const worker = await mediasoup.createWorker({ logLevel: 'none' });
const router = await worker.createRouter({
	mediaCodecs: [
		{ kind: 'audio', mimeType: 'audio/opus', clockRate: 48000, channels: 2 },
		{ kind: 'video', mimeType: 'video/VP8', clockRate: 90000 },
	],
});
const transports = new Map();

async function makeTransport() {
	const transport = await router.createWebRtcTransport({
		listenIps: ['127.0.0.1'],
		initialAvailableOutgoingBitrate: 20_000_000,
	});
	transports.set(transport.id, transport);
	const { id, iceParameters, iceCandidates, dtlsParameters } = transport;
	return { id, iceParameters, iceCandidates, dtlsParameters };
}

async function consume({ transport, producer, layer }) {
	const consumer = await transports.get(transport).consume({
		producerId: producer,
		rtpCapabilities: router.rtpCapabilities,
		paused: true,
	});
	if (layer !== null) {
		await consumer.setPreferredLayers({ spatialLayer: layer, temporalLayer: 2 });
	}
	await consumer.resume();
	return { kind: consumer.kind, rtpParameters: consumer.rtpParameters };
}

const requests = {
	'/transport': makeTransport,
	'/connect': ({ transport, dtlsParameters }) => transports.get(transport).connect({ dtlsParameters }),
	'/produce': async ({ transport, ...options }) => ({ id: (await transports.get(transport).produce(options)).id }),
	'/consume': consume,
};

createServer(async (request, response) => {
	try {
		let text = '';
		for await (const chunk of request) {
			text += chunk;
		}
		const answer = await requests[request.url](text ? JSON.parse(text) : {});
		response.end(JSON.stringify(answer ?? {}));
	} catch (error) {
		response.statusCode = 400;
		response.end(String(error));
	}
}).listen(Number(process.argv[2]), '127.0.0.1');
