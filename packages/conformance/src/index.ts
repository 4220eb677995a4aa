/**
 * Conformance suites for the roles of `@dwcp/core`: run one against your own implementation with
 * any test runner, or with none.
 *
 * @packageDocumentation
 */
export type { ConformanceCase } from './case.ts';
export type { TransportSubject, TransportSuiteOptions } from './transport/options.ts';
export { transportSuite } from './transport/suite.ts';
