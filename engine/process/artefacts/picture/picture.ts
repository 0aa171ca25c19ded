/** The timeline picture as files: SVG as it is drawn, PNG as it is rendered of that. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { PictureArtefact, PictureFormat, PictureRequest } from '../../../client/protocol';
import { baseNameOf, type Recorded } from '../recorded';
import { draw, type Drawing } from './drawing';
import { lettered } from './lettering';
import { fontGlyphs, renderPng } from './png';

/** Recordings are personal data, and so is what is seen of them. */
const PRIVATE = 0o600;

const MIME_TYPES: Record<PictureFormat, string> = { png: 'image/png', svg: 'image/svg+xml' };

interface Content {
	bytes: string | Uint8Array;
	drawing: Drawing;
	notWritten?: string[];
}

/** The picture under its own names, which is drawn when it is asked for, once: drawing reads all of the sound. */
type Drawn = () => Drawing;

function drawnOnce(recorded: Recorded, request: PictureRequest): Drawn {
	let drawing: Drawing | undefined;
	return () => (drawing ??= draw(recorded, request));
}

/** Whoever shows it has fonts for all letters. */
async function asSvg(drawn: Drawn): Promise<Content> {
	const drawing = drawn();
	return { bytes: drawing.svg, drawing };
}

async function asPng(drawn: Drawn, recorded: Recorded, request: PictureRequest): Promise<Content> {
	const { recorded: named, replaced } = lettered(recorded, await fontGlyphs());
	if (replaced.length === 0) return { bytes: await renderPng(drawn()), drawing: drawn() };
	const drawing = draw(named, request);
	return { bytes: await renderPng(drawing), drawing, notWritten: replaced };
}

const CONTENT = { svg: asSvg, png: asPng };

/** @throws VoiceprintError RUNTIME_UNAVAILABLE where the renderer or its font is missing or damaged; what writing throws */
export async function makePicture(recorded: Recorded, request: PictureRequest): Promise<PictureArtefact[]> {
	const base = baseNameOf(recorded);
	const drawn = drawnOnce(recorded, request);
	const made: PictureArtefact[] = [];
	for (const format of request.formats) {
		const file = path.join(recorded.folder, `timeline.${format}`);
		const { bytes, drawing, ...more } = await CONTENT[format](drawn, recorded, request);
		await writeFile(file, bytes, { mode: PRIVATE });
		const { width, height } = drawing;
		made.push({ kind: 'picture', format, path: file, fileName: `${base}-timeline.${format}`, mimeType: MIME_TYPES[format], width, height, ...more });
	}
	return made;
}
