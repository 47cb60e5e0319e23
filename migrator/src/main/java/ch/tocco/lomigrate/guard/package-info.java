/** How objects whose keys say nothing of their content are kept from replacing other content in the bucket. */
package ch.tocco.lomigrate.guard;
