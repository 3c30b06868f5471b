/**
 * How Node runs the server. Young objects get 12 MB instead of 48: a server that holds thousands of streams fills
 * whatever it is given, and collecting more often costs no measurable CPU time (docs/benchmarks.md).
 */
export const serverOptions = ['--max-semi-space-size=4'];
