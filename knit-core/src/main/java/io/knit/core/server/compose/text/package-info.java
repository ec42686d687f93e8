/** Text of Compose files and of what lies beside them: takes YAML and variables, gives a tree of which each part knows its line, or what is wrong with it. Pure. */
@NullMarked
package io.knit.core.server.compose.text;

import org.jspecify.annotations.NullMarked;
