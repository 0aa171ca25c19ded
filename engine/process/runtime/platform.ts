/**
 * Whether the native ONNX Runtime has a chance on this machine, found out before loading it: its Linux binaries need
 * the GNU C library, and there is none for an Intel Mac. The loader's own error is never the first sign.
 */

/** What decides; taken from the process, or given by tests. */
export interface Platform {
	platform: NodeJS.Platform;
	arch: string;
	/** Version of the GNU C library, or undefined (musl, or not Linux). */
	glibc: string | undefined;
}

const SUPPORTED: Partial<Record<NodeJS.Platform, string[]>> = {
	linux: ['x64', 'arm64'],
	win32: ['x64', 'arm64'],
	darwin: ['arm64'],
};

/** ONNX Runtime's Linux binaries are built against this version. */
const OLDEST_GLIBC = [2, 28] as const;

interface DiagnosticReport {
	header: { glibcVersionRuntime?: string };
}

/** The GNU C library's version from Node's diagnostic report (a few milliseconds; no network look-ups). */
function glibcVersion(): string | undefined {
	if (process.platform !== 'linux') return undefined;
	/** `excludeNetwork` is there from Node 22 on, and not in the type definitions. */
	const report: NodeJS.ProcessReport & { excludeNetwork?: boolean } = process.report;
	const before = report.excludeNetwork;
	report.excludeNetwork = true;
	try {
		return (report.getReport() as DiagnosticReport).header.glibcVersionRuntime;
	} finally {
		report.excludeNetwork = before;
	}
}

let known: Platform | undefined;

/**
 * Found out once. To be called before there are threads: of those, Node's report asks for the network's interfaces in spite of
 * `excludeNetwork`.
 */
export function thisPlatform(): Platform {
	return (known ??= { platform: process.platform, arch: process.arch, glibc: glibcVersion() });
}

/** @returns why native ONNX Runtime cannot run here, in words for a user; undefined when it may. */
export function nativeObstacle({ platform, arch, glibc }: Platform): string | undefined {
	if (!SUPPORTED[platform]?.includes(arch)) return `it has no build for ${platform} on ${arch}`;
	if (platform !== 'linux') return undefined;
	if (glibc === undefined) return 'it needs the GNU C library, and this system (such as Alpine Linux) uses another';
	const [major = 0, minor = 0] = glibc.split('.').map(Number);
	const [oldestMajor, oldestMinor] = OLDEST_GLIBC;
	if (major < oldestMajor || (major === oldestMajor && minor < oldestMinor)) {
		return `it needs the GNU C library ${OLDEST_GLIBC.join('.')} or newer, and this system has ${glibc}`;
	}
	return undefined;
}
