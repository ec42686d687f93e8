/** Services of a Compose file: takes one that is whole, gives its spec as JSON with the place of each field, and says what can't be taken. Pure; a class for each subject. */
@NullMarked
package io.knit.core.server.compose.take;

import org.jspecify.annotations.NullMarked;
