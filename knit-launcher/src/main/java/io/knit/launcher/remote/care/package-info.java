/** Looking after a cluster: asks a server about all of it, gives what is the matter and how to mend it, or where a person sees for themselves. */
@NullMarked
package io.knit.launcher.remote.care;

import org.jspecify.annotations.NullMarked;
