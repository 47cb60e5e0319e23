/** {@link ch.tocco.lomigrate.pipeline.Pipeline The page to read}: how one object flows through the four stages. */
package ch.tocco.lomigrate.pipeline;
