@NullMarked
package io.knit.plugin.jdbc;

import org.jspecify.annotations.NullMarked;
