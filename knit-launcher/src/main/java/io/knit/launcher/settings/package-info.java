/**
 * Takes flags, environment and config file, gives one answer for each setting, the strongest source's, or all that is wrong with them in words.
 */
@NullMarked
package io.knit.launcher.settings;

import org.jspecify.annotations.NullMarked;
