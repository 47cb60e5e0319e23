/** Lists a source page by page: which rows are pending, and what they say of their objects. */
package ch.tocco.lomigrate.listing;
