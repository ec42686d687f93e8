/** Takes a server's answers, gives what people and programs read: tables, ages, or the answer as it came. */
@NullMarked
package io.knit.launcher.remote.show;

import org.jspecify.annotations.NullMarked;
