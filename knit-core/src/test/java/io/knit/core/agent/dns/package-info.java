@NullMarked
package io.knit.core.agent.dns;

import org.jspecify.annotations.NullMarked;
