/**
 * What carries messages: takes bytes for a subject, gives them to all who listen there. Plugins implement
 * {@link io.knit.api.spi.transport.Transport}; one that sees who its peers are also tells what each of them claims, and what it may.
 */
@NullMarked
package io.knit.api.spi.transport;

import org.jspecify.annotations.NullMarked;
