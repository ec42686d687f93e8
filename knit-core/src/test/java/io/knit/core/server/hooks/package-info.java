@NullMarked
package io.knit.core.server.hooks;

import org.jspecify.annotations.NullMarked;
