/** The HTTP API as it is described, held against a live server with fake engines. */
@NullMarked
package io.knit.testkit.api;

import org.jspecify.annotations.NullMarked;
