export {enact} from '@orchard/enactor';
export {compose} from '@orchard/service-composer';
