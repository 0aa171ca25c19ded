/** The little that is used of WebAssembly, a global that TypeScript only knows in browsers. */

export interface WasmModule {
	readonly compiled: unique symbol;
}

export interface WasmInstance {
	readonly exports: object;
}

interface WasmMemory {
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

/** Bytes in a page of memory. */
export const PAGE = 65_536;
