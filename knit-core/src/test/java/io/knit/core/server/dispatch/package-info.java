@NullMarked
package io.knit.core.server.dispatch;

import org.jspecify.annotations.NullMarked;
