@NullMarked
package io.knit.core.server.names;

import org.jspecify.annotations.NullMarked;
