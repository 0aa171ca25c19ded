/** The client of the Speech Platform API. */
export { SpeechPlatform, type SpeechPlatformOptions, type WaitOptions } from './client';
export { Budget } from './budget';
export { pacesFor, type Paces } from './exchange';
export { LIMITS, type Limits } from './limits';
export { redactor, type Redact } from './redaction';
export { SpeechPlatformError, type ErrorFacts, type SpeechPlatformErrorCode } from './errors';
export type { ProbeResult } from './probe';
export { TransportError, type HttpRequest, type HttpResponse, type SignsOfLife, type Transport, type TransportFault } from './transport';
export type * from './types';
