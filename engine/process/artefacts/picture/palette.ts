/**
 * Colours that people tell apart whatever colours they see: those of M. Okabe and K. Ito (2008), some of them darker or
 * lighter where the background asks for it.
 */
import type { PictureTheme } from '../../../client/protocol';

export interface Palette {
	background: string;
	/** Of a channel's field. */
	field: string;
	grid: string;
	text: string;
	/** For what is said beside. */
	dimmed: string;
	/** The waveform where nobody speaks. */
	silence: string;
	/** One after the other: of speakers, or the first for speech. */
	voices: readonly string[];
	/** Speech that is another channel, heard again. */
	echo: string;
	/** How much of a voice's colour lies behind the waveform, 0 to 1. */
	shade: number;
}

export const PALETTES: Record<PictureTheme, Palette> = {
	light: {
		background: '#ffffff',
		field: '#f5f6f8',
		grid: '#dcdfe4',
		text: '#1c2127',
		dimmed: '#5b6470',
		silence: '#a3abb6',
		voices: ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#56b4e9', '#e69f00', '#b3a600'],
		echo: '#7d6b91',
		shade: 0.26,
	},
	dark: {
		background: '#17191d',
		field: '#202329',
		grid: '#343941',
		text: '#f0f2f5',
		dimmed: '#a7b0bc',
		silence: '#666f7b',
		voices: ['#56b4e9', '#e69f00', '#009e73', '#cc79a7', '#f0e442', '#d55e00', '#3f8fd2'],
		echo: '#9d8db3',
		shade: 0.3,
	},
};
