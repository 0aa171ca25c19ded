/** What is made of a recording beside its result. What cannot be made is a warning: the result itself is worth more. */
import { isOutOfMemory, outOfMemory, textOf, VoiceprintError, withoutInstallPaths } from '../../../errors';
import type { Artefact, ArtefactsJob, ArtefactsResult, FoundChannel, MediaInfo, MediaRequest, ProduceRequest, Warning } from '../../client/protocol';
import type { CutSource } from '../artefacts/cuts/ownSound';
import type { Maker, Recorded } from '../artefacts/recorded';
import type { Audio } from '../audio';
import { withSound, type Cuttable } from './recording';

interface Kind<R> {
	/** In messages. */
	name: string;
	make: Maker<R>;
	/** Said where nothing is made of it. */
	none?: string;
}

type Wanted = Required<ProduceRequest>;

type Kinds = { [K in keyof Wanted]: Kind<Wanted[K]> };

const cuts = async () => await import('../artefacts/cuts/makers');

/** A new kind of artefact is one line here and one file in `artefacts`. Each is loaded when it is asked for. */
const KINDS: Kinds = {
	picture: { name: 'timeline picture', make: async (...of) => await (await import('../artefacts/picture/picture')).makePicture(...of) },
	speechOnly: { name: 'speech only audio', make: async (...of) => await (await cuts()).makeSpeechOnly(...of), none: 'There is no speech only audio, as no speech was found' },
	clips: { name: 'clips', make: async (...of) => await (await cuts()).makeClips(...of), none: 'There are no clips, as no speech was found' },
};

async function make<K extends keyof Wanted>(kind: K, produce: ProduceRequest, recorded: Recorded): Promise<ArtefactsResult> {
	const request = produce[kind];
	if (request === undefined) return { artefacts: [], warnings: [] };
	try {
		const { make: makeAll, none }: Kind<Wanted[K]> = KINDS[kind];
		const artefacts = await makeAll(recorded, request as Wanted[K]);
		const nothing: Warning[] = none === undefined || artefacts.length > 0 ? [] : [{ code: 'NOT_PRODUCED', message: none }];
		return { artefacts, warnings: [...nothing, ...artefacts.flatMap(remarks)] };
	} catch (error) {
		return { artefacts: [], warnings: [notProduced(KINDS[kind].name, error)] };
	}
}

function remarks(artefact: Artefact): Warning[] {
	const notWritten = artefact.kind === 'picture' ? (artefact.notWritten ?? []) : [];
	if (notWritten.length === 0) return [];
	const message = `The PNG does not show these names, as its font has not got all their letters: ${notWritten.join(', ')}. The picture as SVG shows them`;
	return [{ code: 'NAMES_NOT_WRITTEN', message }];
}

function notProduced(name: string, error: unknown): Warning {
	const text = textOf(error);
	const { message, description } = error instanceof VoiceprintError ? error : isOutOfMemory(text) ? outOfMemory(text) : { message: text, description: '' };
	const why = withoutInstallPaths([message, description].filter(Boolean).join('. '));
	return { code: 'NOT_PRODUCED', message: `The ${name} could not be made: ${why}` };
}

interface Made {
	/** By channel, in the order of `channels`. */
	sounds: readonly Audio[];
	channels: readonly FoundChannel[];
	/** Seconds of the file's timeline at which the sound begins. */
	start: number;
	media: MediaRequest;
	info: MediaInfo;
	cuttable: Cuttable;
	folder: string;
}

/** All that is asked for, of a recording whose sound is still there. */
export async function makeArtefacts(produce: ProduceRequest | undefined, { sounds, channels, start, media, info, cuttable, folder }: Made): Promise<ArtefactsResult> {
	if (produce === undefined) return { artefacts: [], warnings: [] };
	const sources: CutSource[] = [];
	const recorded: Recorded = {
		fileName: media.fileName,
		start,
		folder,
		channels: channels.map(({ channel_number: channelNumber, segments }, i) => ({ channelNumber, segments, audio: sounds[i]! })),
		ownSound: async () => {
			const { own, decoded } = cuttable;
			const { cutSpans } = await cuts();
			sources[0] ??= await own!.of({ media, info, decoded, spans: cutSpans(recorded, produce) });
			return sources[0];
		},
	};
	const all: ArtefactsResult[] = [];
	try {
		for (const kind of Object.keys(KINDS) as Array<keyof ProduceRequest>) all.push(await make(kind, produce, recorded));
	} finally {
		for (const source of sources) source.dispose();
	}
	return { artefacts: all.flatMap(({ artefacts }) => artefacts), warnings: all.flatMap(({ warnings }) => warnings) };
}

/** The artefacts of a result, as fields of it: none where none were asked for. */
export function asFields(produce: ProduceRequest | undefined, artefacts: Artefact[]): { artefacts?: Artefact[] } {
	return produce === undefined ? {} : { artefacts };
}

/**
 * The pipeline of a recording whose result came from elsewhere.
 * @throws VoiceprintError as `decodeMedia` does
 */
export async function produceArtefacts(job: ArtefactsJob): Promise<ArtefactsResult> {
	return await withSound(job, async ({ media, sounds, cuttable }) => {
		const found = media.channelNumbers.map((number) => job.channels.find((one) => one.channel_number === number) ?? { channel_number: number, segments: [] });
		const { artefacts, warnings } = await makeArtefacts(job.produce, { sounds, channels: found, start: media.start, media: job.media, info: media.info, cuttable, folder: job.workFolder });
		return { artefacts, warnings: [...media.warnings, ...warnings] };
	});
}
