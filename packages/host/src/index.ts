export {cleanEnvironment} from './clean-environment.ts';
export type {Files, Stat} from './files.ts';
export type {Folders, Host} from './host.ts';
export type {Http, HttpRequest, HttpResponse, HttpStream} from './http.ts';
export {nodeHost} from './node-host.ts';
export type {Handler, LoopbackServer} from './node-server.ts';
export {mapPool} from './pool.ts';
export type {Command, Finished} from './process.ts';
export {replaceFolder} from './replace-folder.ts';
