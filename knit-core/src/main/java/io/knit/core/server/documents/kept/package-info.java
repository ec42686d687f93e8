/** The form of documents: their {@link io.knit.core.server.documents.kept.Tables}, and records for those that are not as the state has them. */
@NullMarked
package io.knit.core.server.documents.kept;

import org.jspecify.annotations.NullMarked;
