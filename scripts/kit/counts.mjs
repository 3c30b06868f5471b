/** How many tests passed, in every suite that ran, kept in .results/counts.json for whoever sums them up. */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { inRoot } from './project.mjs';

const file = inRoot('.results/counts.json');

/** @typedef {{passed: number, failed: number, skipped: number}} Counts */

/** Forgets earlier runs, so that nothing old is counted. */
export function forgetCounts() {
  rmSync(file, { force: true });
}

/** @param {string} suite @param {Counts} counts */
export function keepCounts(suite, counts) {
  mkdirSync(inRoot('.results'), { recursive: true });
  writeFileSync(file, `${JSON.stringify({ ...readCounts(), [suite]: counts }, null, 2)}\n`);
}

/** @returns {Record<string, Counts>} by suite */
export function readCounts() {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
}

/** `12 passed, 0 failed`, and what was skipped when something was. */
export function sentence(suites) {
  const sum = (key) => suites.reduce((total, counts) => total + counts[key], 0);
  return `${sum('passed')} passed, ${sum('failed')} failed${sum('skipped') > 0 ? `, ${sum('skipped')} skipped` : ''}`;
}

/** Of Vitest's JSON report. A file that could not even be loaded is one failure. */
export function vitestCounts(report) {
  const broken = report.testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && assertionResults.every((test) => test.status !== 'failed'),
  );
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + broken.length,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

/** Of Playwright's JSON report. A test that passed only when repeated has failed. */
export function playwrightCounts({ stats, errors }) {
  return { passed: stats.expected, failed: stats.unexpected + stats.flaky + errors.length, skipped: stats.skipped };
}
