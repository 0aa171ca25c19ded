/** The little that is used of WebAssembly, a global that TypeScript only knows in browsers. */

export interface WasmModule {
	readonly compiled: unique symbol;
}

export interface WasmInstance {
	readonly exports: object;
}

export interface WasmMemory {
	buffer: ArrayBuffer;
	grow(pages: number): number;
}

interface WebAssemblyApi {
	compile(bytes: Uint8Array): Promise<WasmModule>;
	validate(bytes: Uint8Array): boolean;
	Instance: new (module: WasmModule, imports?: object) => WasmInstance;
	Memory: new () => WasmMemory;
}

declare const WebAssembly: WebAssemblyApi;

export const wasm = WebAssembly;

/**
 * Compiles one of two files with the same module: the one with the instructions that multiply and add at once, where Node.js
 * knows them (22 and newer), else the other.
 * @param read the file with an ending; what it throws is thrown on
 * @param mayRelax whether they may be used
 */
export async function compileFastest(read: (ending: 'relaxed.wasm' | 'wasm') => Promise<Buffer>, mayRelax: boolean): Promise<WasmModule> {
	const relaxed = mayRelax ? await read('relaxed.wasm') : undefined;
	return await wasm.compile(relaxed && wasm.validate(relaxed) ? relaxed : await read('wasm'));
}

/** Bytes in a page of memory. */
export const PAGE = 65_536;

/** Makes a memory so many bytes long, where it is shorter; views of it before are void. */
export function growTo(memory: WasmMemory, bytes: number): void {
	const missing = bytes - memory.buffer.byteLength;
	if (missing > 0) memory.grow(Math.ceil(missing / PAGE));
}
