/** Says an operating system's fault in words: texts with codes such as ENOENT would be replaced whole by n8n. */

interface Words {
	/** A clause of its own, such as "access is denied". */
	clause: string;
	/** What is said of the file, such as "is not there"; absent where it is not the file's fault. */
	ofFile?: string;
}

const THERE_IS_NONE = { clause: 'there is no such file or folder', ofFile: 'is not there' };
const NOT_PERMITTED = 'may not be read by the user that n8n runs as';

const WORDS: Record<string, Words> = {
	ENOENT: THERE_IS_NONE,
	ENOTDIR: { clause: 'a part of the path is not a folder', ofFile: 'is not there' },
	EACCES: { clause: 'access is denied', ofFile: NOT_PERMITTED },
	EPERM: { clause: 'the operation is not permitted', ofFile: NOT_PERMITTED },
	EISDIR: { clause: 'it is a folder', ofFile: 'is not a file' },
	ENAMETOOLONG: { clause: 'the path is too long', ofFile: 'has too long a path' },
	ELOOP: { clause: 'it is a link that leads to itself', ofFile: 'is a link that leads to itself' },
	EEXIST: { clause: 'the file exists already' },
	EMFILE: { clause: 'too many files are open' },
	ENFILE: { clause: 'too many files are open on this machine' },
	EIO: { clause: 'the disk reported an error' },
	EROFS: { clause: 'the disk is read-only' },
	ENOSPC: { clause: 'no space is left on the disk' },
	EDQUOT: { clause: 'the disk quota is used up' },
	EFBIG: { clause: 'the file would be larger than this machine allows' },
};

/** The operating system's code, such as `ENOSPC`; undefined for other errors. */
function faultCode(error: unknown): string | undefined {
	const code = (error as { code?: unknown } | null)?.code;
	return typeof code === 'string' ? code : undefined;
}

export function isDiskFull(error: unknown): boolean {
	const code = faultCode(error);
	return code === 'ENOSPC' || code === 'EDQUOT';
}

/** What went wrong, as a clause of its own. */
export function describeFault(error: unknown): string {
	const code = faultCode(error);
	if (code !== undefined) return WORDS[code]?.clause ?? 'the operating system reported an error';
	return error instanceof Error ? error.message : String(error);
}

/** What is wrong with a file that could not be read, to follow its name. */
export function describeFileFault(error: unknown): string {
	return WORDS[faultCode(error) ?? '']?.ofFile ?? 'could not be read';
}
