/** Takes what people type, gives durations, moments and documents, or says what is wrong with it. */
@NullMarked
package io.knit.launcher.remote.typed;

import org.jspecify.annotations.NullMarked;
