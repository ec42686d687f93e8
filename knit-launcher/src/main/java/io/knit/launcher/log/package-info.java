/** What is said in the log: takes events, gives lines on stderr, as text or as JSON. */
@NullMarked
package io.knit.launcher.log;

import org.jspecify.annotations.NullMarked;
