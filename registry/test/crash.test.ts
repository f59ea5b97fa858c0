import {mapPool} from '@occo/host';
import {temporaryFolder} from '@occo/testkit';
import test from 'ava';
import {isWhole, packument, publish, type Rig, rig} from './rig.ts';

interface Sent {
	readonly name: string;
	readonly version: string;
	readonly client: number;
}

const literalOf = ({
	name,
	version,
	client,
}: Sent): {name: string; version: string; files: Record<string, string>} => ({
	name,
	version,
	files: {'client.txt': `${client}`, 'padding.txt': 'x'.repeat(2000)},
});

/** Publishes without a pause, every third time a further version of a package that others publish too. */
async function load(
	registry: Rig,
	round: number,
	client: number,
	acknowledged: Sent[],
	open: Sent[],
): Promise<void> {
	for (let count = 0; ; count++) {
		const isShared = count % 3 === 2;
		const sent: Sent = {
			name: isShared ? 'shared' : `crash-${round}-${client}-${count}`,
			version: isShared ? `1.${round}.${client * 10_000 + count}` : '1.0.0',
			client,
		};
		try {
			const {status} = await publish(registry, literalOf(sent));
			if (status !== 201) throw new Error(`status ${status}`);
			acknowledged.push(sent);
		} catch {
			open.push(sent);
			return;
		}
	}
}

test('killed in mid publish, again and again, the registry loses nothing that it promised and gets stuck nowhere', async t => {
	const storage = `${await temporaryFolder(t)}/storage`;
	const acknowledged: Sent[] = [];
	const open: Sent[] = [];
	for (let round = 0; round < 5; round++) {
		const registry = await rig(t, storage);
		const clients = Array.from({length: 8}, (_, client) => load(registry, round, client, acknowledged, open));
		await new Promise(resolve => setTimeout(resolve, 300 + round * 100));
		process.kill(registry.started.status.pid ?? 0, 'SIGKILL');
		await Promise.all(clients);
		await registry.started.ended;
	}
	const registry = await rig(t, storage);
	t.true(acknowledged.length > 50, `${acknowledged.length} were acknowledged`);
	t.is(open.length, 40);
	await mapPool(acknowledged, 16, async ({name, version}) => {
		t.true(await isWhole(registry, name, version), `${name}@${version}`);
	});
	for (const sent of open) {
		const {status, json} = await publish(registry, literalOf(sent));
		t.true(status === 201 || status === 200, `${sent.name}@${sent.version}: ${status} ${json?.error}`);
		t.true(await isWhole(registry, sent.name, sent.version));
	}
	const shared =
		acknowledged.filter(({name}) => name === 'shared').length +
		open.filter(({name}) => name === 'shared').length;
	t.is(Object.keys((await packument(registry, 'shared')).json.versions).length, shared);
});
