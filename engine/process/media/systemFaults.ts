/** Says an operating system's fault in words: texts with codes such as ENOENT would be replaced whole by n8n. */

const WORDS: Record<string, string> = {
	ENOENT: 'there is no such file or folder',
	EACCES: 'access is denied',
	EPERM: 'the operation is not permitted',
	EISDIR: 'it is a folder',
	ENOTDIR: 'a part of the path is not a folder',
	EEXIST: 'the file exists already',
	EMFILE: 'too many files are open',
	ENFILE: 'too many files are open on this machine',
	EIO: 'the disk reported an error',
	EROFS: 'the disk is read-only',
	ENOSPC: 'no space is left on the disk',
	EDQUOT: 'the disk quota is used up',
	EFBIG: 'the file would be larger than this machine allows',
	ENAMETOOLONG: 'the path is too long',
};

/** The operating system's code, such as `ENOSPC`; undefined for other errors. */
export function faultCode(error: unknown): string | undefined {
	const code = (error as { code?: unknown } | null)?.code;
	return typeof code === 'string' ? code : undefined;
}

export function describeFault(error: unknown): string {
	const code = faultCode(error);
	if (code !== undefined) return WORDS[code] ?? 'the operating system reported an error';
	return error instanceof Error ? error.message : String(error);
}
