export { closedPort } from './closed-port.ts';
export type { Dialect } from './dialect.ts';
export { vectorOf } from './embeddings.ts';
export { CONTEXT_LENGTH, type Listing } from './models.ts';
export { type Scenario, scenarioOf, scenarios } from './scenarios.ts';
export { type RecordedRequest, startUpstream, type Upstream, type UpstreamOptions } from './server.ts';
export { tokenText } from './stage.ts';
export { startTlsFront, TLS_AUTHORITY, type TlsFault, type TlsFront } from './tls-front.ts';
