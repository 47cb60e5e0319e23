/** Lists pending rows, page by page and pass by pass, and counts them. */
package ch.tocco.lomigrate.observer;
