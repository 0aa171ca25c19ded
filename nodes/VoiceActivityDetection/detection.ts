import type { IBinaryData } from 'n8n-workflow';
import type { SpeechResult } from '../../results';

/** What every engine of this node answers for one item. */
export interface Detection {
	result: SpeechResult;
	/** The file that was processed, as n8n knows it; absent where no file was given. */
	binary?: IBinaryData;
	/** What was asked for, named as in the Speech Platform API where that has a name for it. */
	settings: { [name: string]: unknown };
}
