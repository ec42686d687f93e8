/** What a stream may be asked for, and the form of what it then brings ({@code docs/protocol.md}). Both roles use it; it uses neither. */
@NullMarked
package io.knit.core.wire.asked;

import org.jspecify.annotations.NullMarked;
