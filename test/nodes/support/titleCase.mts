/** Labels as n8n writes them. */
const SMALL_WORDS = new Set(['per', 'at', 'for', 'of', 'the', 'to', 'a', 'and']);

export function isTitleCase(label: string): boolean {
	return label.split(' ').every((word, index) => /^[A-Z0-9]/.test(word) || (index > 0 && SMALL_WORDS.has(word)));
}
