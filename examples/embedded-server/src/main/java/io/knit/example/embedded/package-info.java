/** Knit as a library: no HTTP, no command line, one JVM. */
@NullMarked
package io.knit.example.embedded;

import org.jspecify.annotations.NullMarked;
