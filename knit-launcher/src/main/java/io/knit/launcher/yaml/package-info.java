/** YAML that people write, to trees whose anchors are resolved, and trees to YAML that every reader takes for what they are. */
@NullMarked
package io.knit.launcher.yaml;

import org.jspecify.annotations.NullMarked;
