/** Runs work one after another per name; work on different names runs side by side. */
export function queues(): <Result>(name: string, work: () => Promise<Result>) => Promise<Result> {
	const tails = new Map<string, Promise<unknown>>();
	return (name, work) => {
		const result = (tails.get(name) ?? Promise.resolve()).then(work, work);
		tails.set(name, result);
		const clear = (): void => {
			if (tails.get(name) === result) tails.delete(name);
		};
		result.then(clear, clear);
		return result;
	};
}
