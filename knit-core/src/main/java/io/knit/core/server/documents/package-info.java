/**
 * Takes commits, gives documents, and back. {@link io.knit.core.server.documents.StateCodec} writes,
 * {@link io.knit.core.server.documents.StateLoader} reads; in which form is the room {@code kept}, and how an older form becomes that one
 * {@code upgrade}.
 */
@NullMarked
package io.knit.core.server.documents;

import org.jspecify.annotations.NullMarked;
