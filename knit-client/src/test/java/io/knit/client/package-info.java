@NullMarked
package io.knit.client;

import org.jspecify.annotations.NullMarked;
