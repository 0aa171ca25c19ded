/**
 * SVG as PNG, by resvg compiled to WebAssembly: it needs no library of the system, so it works on every machine. It is
 * loaded when a picture is asked for, and draws text with the font that comes with this package and no other.
 */
import path from 'node:path';
import { readDependency, readPackageFile } from '../../../../models/packageFiles';
import { once } from '../../../../once';
import type { Drawing } from './drawing';
import { Glyphs } from './glyphs';
import { pngFile } from './pngFile';

type Resvg = typeof import('@resvg/resvg-wasm');

const WASM = '@resvg/resvg-wasm/index_bg.wasm';

const FONT = path.join(__dirname, '..', '..', '..', '..', 'vendor', 'dejavu-fonts', 'DejaVuSansCondensed.ttf');

const FAMILY = 'DejaVu Sans Condensed';

const load = once(async (): Promise<Resvg> => {
	const wasm = await readDependency(WASM, () => require.resolve(WASM));
	const resvg = (await import('@resvg/resvg-wasm')) as Resvg;
	await resvg.initWasm(wasm);
	return resvg;
});

const font = once(async () => await readPackageFile(FONT));

/** Letters that a picture can have. @throws VoiceprintError RUNTIME_UNAVAILABLE */
export const fontGlyphs = once(async () => new Glyphs(await font()));

/** @throws VoiceprintError RUNTIME_UNAVAILABLE */
export async function renderPng({ svg, width }: Drawing): Promise<Uint8Array> {
	const { Resvg } = await load();
	const renderer = new Resvg(svg, {
		fitTo: { mode: 'width', value: width },
		font: { fontBuffers: [await font()], defaultFontFamily: FAMILY, sansSerifFamily: FAMILY },
	});
	try {
		const image = renderer.render();
		try {
			// The background covers all of it: what the renderer has multiplied by its opacity is as it was.
			return pngFile(image.pixels, image.width, image.height);
		} finally {
			image.free();
		}
	} finally {
		renderer.free();
	}
}
