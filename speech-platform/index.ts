/** The client of the Speech Platform API. */
export { SpeechPlatform, type SpeechPlatformOptions, type WaitOptions } from './client';
export { SpeechPlatformError, type ErrorFacts, type SpeechPlatformErrorCode } from './errors';
export type { ProbeResult } from './probe';
export { TransportError, type HttpRequest, type HttpResponse, type Transport, type TransportFault } from './transport';
export type * from './types';
