/** What is costly to load is loaded once. A failure is not kept: memory or file descriptors may have been short just then. */

/**
 * @param load called for a key at its first use, and again after it has failed
 * @returns what it gave for the key; calls at the same time share one load
 */
export function oncePerKey<Key, Value>(load: (key: Key) => Promise<Value>): (key: Key) => Promise<Value> {
	const loads = new Map<Key, Promise<Value>>();
	return async (key) => {
		const loading = loads.get(key) ?? load(key);
		loads.set(key, loading);
		try {
			return await loading;
		} catch (error) {
			if (loads.get(key) === loading) loads.delete(key);
			throw error;
		}
	};
}

/** The same for what there is only one of. */
export function once<Value>(load: () => Promise<Value>): () => Promise<Value> {
	const perKey = oncePerKey<undefined, Value>(load);
	return async () => await perKey(undefined);
}
