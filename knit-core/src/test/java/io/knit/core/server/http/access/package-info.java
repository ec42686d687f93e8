@NullMarked
package io.knit.core.server.http.access;

import org.jspecify.annotations.NullMarked;
