/** Takes a backup and a folder, gives the data folder of a server that does not run. */
@NullMarked
package io.knit.launcher.restore;

import org.jspecify.annotations.NullMarked;
