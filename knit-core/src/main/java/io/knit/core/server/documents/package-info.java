/**
 * Takes commits, gives documents, and back: what a store keeps, in which form, and how an older form becomes the present one.
 * {@link io.knit.core.server.documents.StateCodec} writes, {@link io.knit.core.server.documents.StateLoader} reads,
 * {@link io.knit.core.server.documents.Upgrades} brings one to the other.
 */
@NullMarked
package io.knit.core.server.documents;

import org.jspecify.annotations.NullMarked;
