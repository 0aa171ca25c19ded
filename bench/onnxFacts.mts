/** What sherpa-onnx wants to read in a graph's metadata, which plain exports lack. */

/** Of a WeSpeaker model. */
export const EMBEDDING_FACTS = {
	framework: 'wespeaker',
	language: 'English',
	sample_rate: '16000',
	output_dim: '256',
	normalize_samples: '0',
	feature_normalize_type: 'global-mean',
};

function field(number: number, content: Uint8Array): Buffer {
	const length: number[] = [];
	for (let left = content.length; ; left >>>= 7) {
		length.push(left > 127 ? (left & 127) | 128 : left);
		if (left <= 127) break;
	}
	return Buffer.concat([Buffer.from([(number << 3) | 2, ...length]), content]);
}

/** An ONNX file with further metadata: fields of a Protocol Buffers message may simply follow it. */
export function withFacts(model: Uint8Array, facts: Record<string, string>): Buffer {
	const entries = Object.entries(facts).map(([key, value]) => field(14, Buffer.concat([field(1, Buffer.from(key)), field(2, Buffer.from(value))])));
	return Buffer.concat([model, ...entries]);
}
