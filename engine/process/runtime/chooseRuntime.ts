/** Chooses between native ONNX Runtime and its WASM build: decided once per engine process. */
import { textOf, VoiceprintError } from '../../../errors';
import type { RuntimeChoice, RuntimeName } from '../../client/protocol';
import { loadNativeModule, loadWasmModule, onnxRuntime } from './onnx';
import { nativeObstacle, thisPlatform } from './platform';
import type { Runtime } from './interface';

/** A chosen runtime, or why it cannot be had. */
type Probe = { runtime: Runtime } | { obstacle: string; detail?: string };

function probeNative(): Probe {
	const obstacle = nativeObstacle(thisPlatform());
	if (obstacle !== undefined) return { obstacle };
	try {
		const module = loadNativeModule();
		return { runtime: onnxRuntime('native', () => module) };
	} catch (error) {
		return { obstacle: 'its binary could not be loaded', detail: textOf(error) };
	}
}

let wasm: ReturnType<typeof loadWasmModule> | undefined;

/** Its bundled files can be loaded everywhere; that they are there and whole is seen when they are needed. */
function wasmModule(): ReturnType<typeof loadWasmModule> {
	try {
		return (wasm ??= loadWasmModule());
	} catch (error) {
		throw unavailable('wasm', { obstacle: 'its bundled files could not be loaded', detail: textOf(error) });
	}
}

const probeWasm = (): Probe => ({ runtime: onnxRuntime('wasm', wasmModule) });

const PROBES: Record<RuntimeName, () => Probe> = { native: probeNative, wasm: probeWasm };
const LABELS: Record<RuntimeName, string> = { native: 'native ONNX Runtime', wasm: 'the WASM build of ONNX Runtime' };
const probed = new Map<RuntimeName, Probe>();

function probe(name: RuntimeName): Probe {
	const known = probed.get(name);
	if (known) return known;
	const found = PROBES[name]();
	probed.set(name, found);
	return found;
}

function unavailable(name: RuntimeName, found: { obstacle: string; detail?: string }): VoiceprintError {
	const advice =
		name === 'native'
			? "Set the option 'Runtime' to Automatic: the bundled WASM build then runs instead, with the same results."
			: 'Reinstall the package n8n-nodes-voiceprint: its files are not complete.';
	return new VoiceprintError(
		'RUNTIME_UNAVAILABLE',
		`${LABELS[name]} cannot run here: ${found.obstacle}`.replace(/^t/, 'T').replace(/^n/, 'N'),
		[advice, found.detail].filter(Boolean).join(' '),
	);
}

/**
 * @param choice `auto` takes native where it loads and WASM elsewhere
 * @throws VoiceprintError RUNTIME_UNAVAILABLE when the forced one, or none, can run
 */
export function chooseRuntime(choice: RuntimeChoice): Runtime {
	const names: RuntimeName[] = choice === 'auto' ? ['native', 'wasm'] : [choice];
	let failure: VoiceprintError | undefined;
	for (const name of names) {
		const found = probe(name);
		if ('runtime' in found) return found.runtime;
		failure = unavailable(name, found);
	}
	throw failure ?? new VoiceprintError('RUNTIME_UNAVAILABLE', 'No ONNX Runtime can run here');
}
