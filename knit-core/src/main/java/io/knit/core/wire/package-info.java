/**
 * What server and agents say to each other: the subjects and the messages ({@code docs/protocol.md}). Both roles use it;
 * it uses neither. Every message carries a version and ignores unknown fields; one that is malformed, too large or from
 * another cluster is counted and dropped by who receives it.
 */
@NullMarked
package io.knit.core.wire;

import org.jspecify.annotations.NullMarked;
