/** How many single-character edits or swaps of neighbours turn one word into the other (restricted Damerau-Levenshtein). */
function distance(a: string, b: string): number {
	let beforeLast: number[] = [];
	let last = Array.from({length: b.length + 1}, (_, index) => index);
	for (let i = 1; i <= a.length; i++) {
		const row = [i];
		for (let j = 1; j <= b.length; j++) {
			const cost = a[i - 1] === b[j - 1] ? 0 : 1;
			let best = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + cost);
			if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
				best = Math.min(best, (beforeLast[j - 2] ?? 0) + 1);
			}
			row.push(best);
		}
		beforeLast = last;
		last = row;
	}
	return last[b.length] ?? 0;
}

/** The known word nearest to a mistyped one, or `undefined` when none is near (about a third of its letters wrong). */
export function nearest(word: string, known: Iterable<string>): string | undefined {
	const wrong = word.toLowerCase();
	let best: string | undefined;
	let bestDistance = Math.max(1, Math.floor(word.length / 3)) + 1;
	for (const candidate of known) {
		const right = candidate.toLowerCase();
		const found = wrong.length > 2 && right.startsWith(wrong) ? 1 : distance(wrong, right);
		if (found < bestDistance) {
			best = candidate;
			bestDistance = found;
		}
	}
	return best;
}

/** The sentence that offers the nearest known word, for a hint: `did you mean \`x\`?`. */
export function didYouMean(word: string, known: Iterable<string>): string | undefined {
	const near = nearest(word, known);
	return near === undefined ? undefined : `did you mean \`${near}\`?`;
}
