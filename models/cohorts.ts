/** Which cohort goes with which model: that of a bundled one, or the one that the calibration of a model of one's own names. */
import path from 'node:path';
import { invalidModel } from '../errors';
import { readHostFile, realHostPath } from '../hostFiles';
import { oncePerKey } from '../once';
import type { Calibration } from '../voiceprints/calibration';
import { parseCohort, type Cohort, type Normalizer } from '../voiceprints/cohort';
import { cohortPath, isBundled } from './bundled';
import { readPackageFile } from './packageFiles';

/** Bytes; a thousand speakers of 1,000 numbers in two bands have 4 MB. */
const LARGEST_COHORT = 16 * 2 ** 20;

const bundledCohort = oncePerKey(async (model: string): Promise<Cohort> => parseCohort(await readPackageFile(cohortPath(model)), model));

/**
 * What the scores of a model are normalised by; undefined where its calibration says nothing of it.
 * @param descriptionFile path of the JSON file that describes a model of one's own
 * @throws VoiceprintError INVALID_MODEL where the file cannot be read, is none, or lies outside the description's folder
 */
export async function normalizerOf({ model, normalization }: Calibration, descriptionFile?: string): Promise<Normalizer | undefined> {
	if (!normalization) return undefined;
	const { nearest, file } = normalization;
	if (isBundled(model)) return { cohort: await bundledCohort(model), nearest };
	if (file === undefined || descriptionFile === undefined) return undefined;
	const cohort = parseCohort(await readBeside(descriptionFile, file), model);
	if (Math.min(cohort.wide.length, cohort.narrow.length) < nearest * cohort.dimension) {
		throw invalidModel(`The cohort that field 'calibration.cohort.file' of the model description "${descriptionFile}" names has fewer than ${nearest} speakers of a band`);
	}
	return { cohort, nearest };
}

/** Only from the description's folder or below it: what lies elsewhere may be a file that n8n does not let its nodes read. */
async function readBeside(descriptionFile: string, file: string): Promise<Buffer> {
	const subject = `The cohort that field 'calibration.cohort.file' of the model description "${descriptionFile}" names`;
	const folder = await realHostPath(path.dirname(path.resolve(descriptionFile)), `The model description "${descriptionFile}"`);
	const found = await realHostPath(path.resolve(folder, file), subject);
	if (!found.startsWith(folder.endsWith(path.sep) ? folder : folder + path.sep)) throw invalidModel(`${subject} lies outside the folder of the description`);
	return await readHostFile(found, subject, LARGEST_COHORT);
}
