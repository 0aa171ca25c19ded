/** How many speakers there may be, as an item says. */
import type { IExecuteFunctions } from 'n8n-workflow';
import type { SpeakersRequest } from '../../engine/client/protocol';
import { VoiceprintError } from '../../errors';
import { choice, number, read } from '../common/read';
import { MAXIMUM_SPEAKERS, MINIMUM_SPEAKERS, SPEAKER_COUNT, SPEAKERS_EXACTLY } from './parameters';

export type Count = Pick<SpeakersRequest, 'minimumSpeakers' | 'maximumSpeakers'>;

/** @throws VoiceprintError INVALID_PARAMETER, with the parameter's label in the message */
export function readCount(ctx: IExecuteFunctions, itemIndex: number): Count {
	const whole = (parameter: typeof SPEAKERS_EXACTLY) => Math.floor(number(parameter, read(ctx, itemIndex, parameter)));
	const counts: Record<string, () => Count> = {
		automatic: () => ({ minimumSpeakers: 1 }),
		atMost: () => ({ minimumSpeakers: 1, maximumSpeakers: whole(MAXIMUM_SPEAKERS) }),
		between: () => ({ minimumSpeakers: whole(MINIMUM_SPEAKERS), maximumSpeakers: whole(MAXIMUM_SPEAKERS) }),
		exactly: () => ({ minimumSpeakers: whole(SPEAKERS_EXACTLY), maximumSpeakers: whole(SPEAKERS_EXACTLY) }),
	};
	const count = counts[choice(SPEAKER_COUNT, read(ctx, itemIndex, SPEAKER_COUNT))]!();
	if (count.minimumSpeakers <= (count.maximumSpeakers ?? Infinity)) return count;
	const [least, most] = [MINIMUM_SPEAKERS.displayName, MAXIMUM_SPEAKERS.displayName];
	throw new VoiceprintError('INVALID_PARAMETER', `'${least}' must not be above '${most}'`, `Correct one of '${least}' and '${most}'.`);
}
