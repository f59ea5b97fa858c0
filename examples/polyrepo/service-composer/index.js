import {transform} from 'esbuild';
import {logger} from '@orchard/util';

const log = logger('service-composer');

/** The source of a service without white space. */
export async function compose(source) {
	const {code} = await transform(source, {minify: true});
	log('%d bytes', code.length);
	return code.trim();
}
