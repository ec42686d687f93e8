@NullMarked
package io.knit.plugin.wgmesh;

import org.jspecify.annotations.NullMarked;
