export function duration(text: string): number;
export function shownDuration(value: number): string;
export function shownState(state: string): string;
export function inOrder<Item extends {readonly name: string}>(
	items: readonly Item[],
	needs: (item: Item) => readonly string[],
): Item[];
