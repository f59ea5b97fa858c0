/** Runs work that needs so many bytes of memory when they are free; one piece of work always runs, however large. */
export function memoryBudget(
	total: number,
): <Result>(bytes: number, work: () => Promise<Result>) => Promise<Result> {
	const waiting: {readonly bytes: number; readonly go: () => void}[] = [];
	let used = 0;
	const fits = (bytes: number): boolean => used === 0 || used + bytes <= total;
	return async (bytes, work) => {
		if (waiting.length > 0 || !fits(bytes)) await new Promise<void>(go => waiting.push({bytes, go}));
		else used += bytes;
		try {
			return await work();
		} finally {
			used -= bytes;
			for (let next = waiting[0]; next !== undefined && fits(next.bytes); next = waiting[0]) {
				waiting.shift();
				used += next.bytes;
				next.go();
			}
		}
	};
}
