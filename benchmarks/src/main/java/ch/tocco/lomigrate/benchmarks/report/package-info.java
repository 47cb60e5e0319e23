/** What the results say: a page of Markdown and plots, made from what is kept of all measurements. */
package ch.tocco.lomigrate.benchmarks.report;
