/** Deploying and taking away: takes files and what is said beside them, gives specs to a server one by one. {@code Stack} knows what belongs together. */
@NullMarked
package io.knit.launcher.remote.deploy;

import org.jspecify.annotations.NullMarked;
