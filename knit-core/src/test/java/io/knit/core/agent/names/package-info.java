@NullMarked
package io.knit.core.agent.names;

import org.jspecify.annotations.NullMarked;
