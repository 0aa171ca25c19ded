/** Names for speakers: the voiceprints of known people, compared with those of the speakers found. */
import { VoiceprintError } from '../../../errors';
import { FAST_MODEL } from '../../../models/bundled';
import type { KnownSpeaker, SpeakersRequest } from '../../client/protocol';
import { decodeVoiceprint } from '../../../voiceprints/encoding';
import { recognise } from '../../../voiceprints/naming';
import { scoreWith } from '../../../voiceprints/scoring';
import { cosine } from '../../../voiceprints/vector';
import type { Voiceprint } from '../../../voiceprints/voiceprint';
import type { VoiceModel } from './voiceModel';

/** Seconds of speech: of less, nobody is named. */
const LEAST_SPEECH = 3;

export interface Naming {
	/** Null for nobody known. */
	name: string | null;
	/** Log-likelihood ratio of the likeliest known person; null where there is nobody, or too little speech. */
	score: number | null;
}

/** @throws VoiceprintError MODELS_DIFFER, INVALID_VOICEPRINT, EMPTY_VOICEPRINT, which name the person */
function decode({ name, voiceprint }: KnownSpeaker, model: string): Voiceprint {
	let decoded: Voiceprint;
	try {
		decoded = decodeVoiceprint(voiceprint);
	} catch (error) {
		if (!(error instanceof VoiceprintError)) throw error;
		throw new VoiceprintError(error.code, `The voiceprint of the known speaker '${name.slice(0, 80)}' cannot be used: ${error.message}`, error.description);
	}
	if (decoded.model !== model) {
		throw new VoiceprintError(
			'MODELS_DIFFER',
			`The voiceprint of the known speaker '${name.slice(0, 80)}' is of the model '${decoded.model}', and speakers are told apart by '${model}'`,
			`Make it again with 'Model' ${model === FAST_MODEL ? 'Fast' : 'Accurate'} in Extract Voiceprint, or choose the model here that made it.`,
		);
	}
	return decoded;
}

/** Tells who of some known people a recording's speakers are. */
export class Names {
	private readonly people: string[];

	private readonly known: Array<{ person: number; voiceprint: Voiceprint }>;

	private readonly threshold: number;

	/** @throws VoiceprintError where a voiceprint of a known person cannot be used */
	constructor(
		private readonly model: VoiceModel,
		{ known, threshold }: Pick<SpeakersRequest, 'known' | 'threshold'>,
	) {
		this.people = [...new Set(known.map(({ name }) => name))];
		const decoded = known.map((one) => ({ person: this.people.indexOf(one.name), voiceprint: decode(one, model.embedder.id) }));
		this.known = decoded.filter(({ voiceprint }) => voiceprint.vector.length > 0);
		this.threshold = typeof threshold === 'number' ? threshold : (model.calibration?.operatingPoints[threshold] ?? Infinity);
	}

	/** @returns for each speaker who it is; those of one name are one person */
	of(speakers: readonly Voiceprint[]): Naming[] {
		const scores = speakers.map((speaker) => this.scoresOf(speaker));
		const recognised = recognise(scores, this.threshold);
		return scores.map((row, i) => {
			const found = recognised[i];
			if (found) return { name: this.people[found.known]!, score: found.score };
			const best = Math.max(...row.map((score) => score ?? -Infinity));
			return { name: null, score: Number.isFinite(best) ? best : null };
		});
	}

	/** By person, that of the voiceprint most alike. */
	private scoresOf(speaker: Voiceprint): Array<number | null> {
		const row: Array<number | null> = this.people.map(() => null);
		if (speaker.speechLength < LEAST_SPEECH) return row;
		const score = scoreWith(this.model.calibration);
		for (const { person, voiceprint } of this.known) {
			const found = score(cosine(speaker.vector, voiceprint.vector), speaker, voiceprint);
			row[person] = Math.max(found, row[person] ?? -Infinity);
		}
		return row;
	}
}
