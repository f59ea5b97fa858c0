export type {Files, Stat} from './files.ts';
export type {Folders, Host} from './host.ts';
export type {Http, HttpRequest, HttpResponse, HttpStream} from './http.ts';
export type {Command, Finished} from './process.ts';
