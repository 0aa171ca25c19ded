/** A detection for people: a table of segments and a timeline per channel. */

interface Channel {
	channel_number: number;
	speech_length: number;
	segments: Array<{ start_time: number; end_time: number }>;
}

interface Detection {
	file: string;
	error?: { message: string; description?: string };
	model?: string;
	runtime?: string;
	duration?: number;
	channels?: Channel[];
	warnings?: Array<{ message: string }>;
}

const WIDTH = 72;

function clock(seconds: number): string {
	const minutes = Math.floor(seconds / 60);
	return `${String(minutes).padStart(2, '0')}:${(seconds - minutes * 60).toFixed(3).padStart(6, '0')}`;
}

function timeline({ segments }: Channel, from: number, duration: number): string {
	const cell = duration / WIDTH;
	const speechIn = (start: number, end: number) =>
		segments.reduce((sum, { start_time, end_time }) => sum + Math.max(0, Math.min(end, end_time) - Math.max(start, start_time)), 0);
	return Array.from({ length: WIDTH }, (_, i) => {
		const share = speechIn(from + i * cell, from + (i + 1) * cell) / cell;
		if (share > 0.5) return '█';
		return share > 0 ? '▒' : '·';
	}).join('');
}

function channelText(channel: Channel, from: number, duration: number): string {
	const share = duration > 0 ? Math.round((100 * channel.speech_length) / duration) : 0;
	const rows = channel.segments.map(({ start_time, end_time }, i) =>
		`  ${String(i + 1).padStart(4)}  ${clock(start_time)}  ${clock(end_time)}  ${(end_time - start_time).toFixed(3).padStart(9)}`,
	);
	return [
		`Channel ${channel.channel_number}: ${channel.speech_length.toFixed(3)} s of speech (${share} %)`,
		`  ${timeline(channel, from, duration)}`,
		'     #  start      end         seconds',
		...rows,
	].join('\n');
}

/** @param answer the node's output for one file, with the file's name */
export function showDetection(answer: { file: string }): string {
	const { file, error, channels = [], duration = 0, ...rest } = answer as Detection & { settings?: { range_from?: number } };
	if (error) return [`${file}: ${error.message}`, error.description].filter(Boolean).join('\n  ');
	const from = rest.settings?.range_from ?? 0;
	return [
		`${file}: ${duration.toFixed(3)} s, ${rest.model} (${rest.runtime} ONNX Runtime)`,
		...(rest.warnings ?? []).map(({ message }) => `  note: ${message}`),
		...channels.map((channel) => channelText(channel, from, duration)),
		'',
	].join('\n');
}
