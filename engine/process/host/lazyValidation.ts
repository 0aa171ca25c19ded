/**
 * V8 reads a WebAssembly module twice: all of it to see whether it is valid, and each function when it is first called.
 * FFmpeg has 32 MB, of which a file needs a small part. The first reading is left out, which makes the first file after
 * a start 0.2 s cheaper; a function that is not valid is refused when it is called. No module is loaded here whose
 * checksum is not that of the build.
 */
import { setFlagsFromString } from 'node:v8';

export function validateLazily(): void {
	setFlagsFromString('--wasm-lazy-validation');
}
