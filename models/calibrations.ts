/** Which calibration goes with which model: that of a bundled one, or the one that a model of one's own brings. */
import { invalidModel } from '../errors';
import { readJsonObject } from '../hostFiles';
import { oncePerKey } from '../once';
import { isObject, parseCalibration, type Calibration } from '../voiceprints/calibration';
import { calibrationPath, isBundled } from './bundled';
import { readPackageFile } from './packageFiles';

/** Bytes; the description of a model of one's own has some hundred. */
export const LARGEST_DESCRIPTION = 256 * 1024;

const bundledCalibration = oncePerKey(async (model: string): Promise<Calibration> => {
	const text = await readPackageFile(calibrationPath(model));
	return parseCalibration(JSON.parse(text.toString('utf8')), model);
});

/**
 * The calibration of a model; undefined where there is none. Of the description of a model of one's own, only `id` and
 * `calibration` are read.
 * @param descriptionFile path of the JSON file that describes a model of one's own
 * @throws VoiceprintError INVALID_MODEL where a file cannot be read or is wrong
 */
export async function calibrationOf(model: string, descriptionFile?: string): Promise<Calibration | undefined> {
	if (isBundled(model)) return await bundledCalibration(model);
	if (descriptionFile === undefined) return undefined;
	const { id, calibration } = await readJsonObject(descriptionFile, 'The model description', LARGEST_DESCRIPTION);
	if (id !== model || calibration === undefined) return undefined;
	if (isObject(calibration)) return parseCalibration(calibration, model);
	throw invalidModel(`The model description "${descriptionFile}" cannot be used: field 'calibration' must be an object in braces`);
}
