import {enact} from '@orchard/api';

console.log(enact('cherry@1.0.0 5s').join('\n'));
