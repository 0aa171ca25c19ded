/** An answer for people: of a detection a table of segments and a timeline per channel, of voiceprints a line each. */

interface Channel {
	channel_number: number;
	speech_length: number;
	segments: Array<{ start_time: number; end_time: number; speaker?: string; name?: string | null }>;
	/** Only of a speaker diarization. */
	speakers?: Array<{ speaker: string; name: string | null; talk_time: number; share: number; turns: number }>;
}

interface Answer {
	file: string;
	model?: string;
	runtime?: string;
	duration?: number;
	task_id?: string;
	state?: string;
	channels?: Channel[] | Voiceprint[];
	warnings?: Array<{ message: string }>;
	settings?: { range_from?: number };
}

interface Voiceprint {
	channel_number: number;
	/** Where speakers were told apart. */
	speaker?: string | null;
	speech_length: number;
	model: string;
	voiceprint: string;
	quality?: { level: number | null; snr: number | null; clipping: number | null; consistency: number | null };
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

/** Colours of a terminal that can be told apart also without red and green. */
const COLOURS = [34, 33, 36, 35, 32, 31];

const coloured = (text: string, speaker: number) => (process.stdout.isTTY ? `\x1b[${COLOURS[speaker % COLOURS.length]}m${text}\x1b[0m` : text);

/** Who speaks when: a line per speaker, then the segments. */
function speakersText({ channel_number: number, speech_length: speech, speakers = [], segments }: Channel, from: number, duration: number): string {
	const rows = speakers.map(({ speaker, name, talk_time: talk, share, turns }, i) => {
		const own = { channel_number: number, speech_length: talk, segments: segments.filter((segment) => segment.speaker === speaker) };
		const facts = `${(name ?? speaker).padEnd(12)} ${talk.toFixed(1).padStart(7)} s  ${String(Math.round(100 * share)).padStart(3)} %  ${turns} turns`;
		return `  ${coloured(timeline(own, from, duration), i)}\n  ${coloured(facts, i)}`;
	});
	const turns = segments.map(({ start_time: start, end_time: end, speaker, name }) => {
		const who = speakers.findIndex((one) => one.speaker === speaker);
		return `  ${clock(start)}  ${clock(end)}  ${coloured(name ?? speaker ?? '', Math.max(0, who))}`;
	});
	return [`Channel ${number}: ${speakers.length} speakers, ${speech.toFixed(1)} s of speech`, ...rows, ...turns].join('\n');
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

function voiceprintText({ channel_number, speaker, speech_length, model, voiceprint, quality }: Voiceprint): string {
	const bytes = Buffer.byteLength(voiceprint, 'base64');
	return [
		`Channel ${channel_number}${speaker ? `, ${speaker}` : ''}: ${speech_length.toFixed(3)} s of speech, ${model}, ${bytes} bytes: ${voiceprint.slice(0, 32)}…`,
		...(quality?.level == null ? [] : [`  level ${quality.level} dBFS, signal to noise ${quality.snr} dB, windows alike ${quality.consistency ?? '-'}`]),
	].join('\n');
}

/** The API does not say how long the file is: the timeline then ends with the last speech. */
function lastEnd(channels: Channel[]): number {
	return Math.max(0, ...channels.flatMap(({ segments }) => segments.map(({ end_time }) => end_time)));
}

/** What was written to files. */
function cutText({ speech_only_file: file, removed_length: removed, clips }: Record<string, unknown>): string[] {
	const saved = typeof file === 'string' ? [`  speech only: ${file}, ${String(removed)} s shorter`] : [];
	return Array.isArray(clips) ? [...saved, `  clips: ${clips.length}${(clips as Array<{ clip_file: string }>).map(({ clip_file: path }) => `\n    ${path}`).join('')}`] : saved;
}

/** Of a channel, or of each of its speakers. */
function voiceprintsOf(channel: Channel | Voiceprint): Voiceprint[] {
	if ('voiceprint' in channel) return [channel];
	if ('segments' in channel) return [];
	const { channel_number, speakers } = channel as { channel_number: number; speakers: Array<Omit<Voiceprint, 'channel_number'>> };
	return speakers.map((speaker) => ({ channel_number, ...speaker }));
}

/** @param answer the node's output for one file, with the file's name */
export function showAnswer(answer: { file: string }): string {
	const { file, channels = [], duration, ...rest } = answer as Answer;
	const detected = channels.filter((channel) => 'segments' in channel);
	const voiceprints = channels.flatMap(voiceprintsOf);
	const from = rest.settings?.range_from ?? 0;
	const length = duration ?? lastEnd(detected) - from;
	const isUnfinished = rest.state !== undefined && rest.state !== 'done';
	const source = rest.task_id ? `task ${rest.task_id} of the Speech Platform${isUnfinished ? `, ${rest.state}` : ''}` : `${rest.model} (${rest.runtime} ONNX Runtime)`;
	return [
		`${file}: ${duration === undefined ? '' : `${duration.toFixed(3)} s, `}${source}`,
		...(rest.warnings ?? []).map(({ message }) => `  note: ${message}`),
		...detected.map((channel) => ('speakers' in channel ? speakersText : channelText)(channel, from, length)),
		...voiceprints.map(voiceprintText),
		...cutText(rest),
		'',
	].join('\n');
}
