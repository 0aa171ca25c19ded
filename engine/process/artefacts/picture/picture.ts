/** The timeline picture as files: SVG as it is drawn, PNG as it is rendered of that. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { PictureArtefact, PictureFormat, PictureRequest } from '../../../client/protocol';
import type { Recorded } from '../recorded';
import { draw, type Drawing } from './drawing';
import { renderPng } from './png';

/** Recordings are personal data, and so is what is seen of them. */
const PRIVATE = 0o600;

const MIME_TYPES: Record<PictureFormat, string> = { png: 'image/png', svg: 'image/svg+xml' };

const CONTENT: Record<PictureFormat, (drawing: Drawing) => Promise<string | Uint8Array>> = {
	svg: async ({ svg }) => svg,
	png: renderPng,
};

/** @throws VoiceprintError RUNTIME_UNAVAILABLE where the renderer or its font is missing or damaged; what writing throws */
export async function makePicture(recorded: Recorded, request: PictureRequest): Promise<PictureArtefact[]> {
	const drawing = draw(recorded, request);
	const base = recorded.fileName?.replace(/\.[^./\\]{1,8}$/, '') || 'recording';
	const made: PictureArtefact[] = [];
	for (const format of request.formats) {
		const file = path.join(recorded.folder, `timeline.${format}`);
		await writeFile(file, await CONTENT[format](drawing), { mode: PRIVATE });
		const { width, height } = drawing;
		made.push({ kind: 'picture', format, path: file, fileName: `${base}-timeline.${format}`, mimeType: MIME_TYPES[format], width, height });
	}
	return made;
}
