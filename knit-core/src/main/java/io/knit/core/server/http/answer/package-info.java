/**
 * Takes answers – whole, element by element, as a stream of events, or as a problem – and sends them as fast as their readers take them.
 */
@NullMarked
package io.knit.core.server.http.answer;

import org.jspecify.annotations.NullMarked;
